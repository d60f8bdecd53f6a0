import { join } from 'node:path';
import type { Database } from '../src/open-database.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts';
import { pidExists } from '../src/embedded/processes.ts';
import { connect, withDatabase, type ConnectTarget } from '../src/database/connection.ts';
import type { Sql } from '../src/database/db.ts';

/** The name says which process a database belongs to: demos beside each other keep apart, and what a killed one has left can go. */
const prefix = 'arcadia_demo_';

/** A database of this demo's own on the embedded server below `dataDir`, empty; gone when it is left. */
export async function freshDatabase(dataDir: string): Promise<Database> {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  const name = `${prefix}${process.pid}`;
  try {
    await asOwner(server.target, async (sql) => {
      await dropLeftovers(sql);
      await sql`drop database if exists ${sql(name)} with (force)`;
      await sql`create database ${sql(name)}`;
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    target: withDatabase(server.target, name),
    async leave() {
      await asOwner(server.target, async (sql) => { await sql`drop database if exists ${sql(name)} with (force)`; });
      await server.stop();
    },
  };
}

async function dropLeftovers(sql: Sql): Promise<void> {
  const found = await sql<{ datname: string }[]>`select datname from pg_database where starts_with(datname, ${prefix})`;
  for (const { datname } of found) {
    if (!pidExists(Number(datname.slice(prefix.length)))) await sql`drop database if exists ${sql(datname)} with (force)`;
  }
}

async function asOwner(target: ConnectTarget, work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = connect(target, { max: 1, applicationName: 'arcadia-cloud demo' });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
