// The ledger of a demo or a sandbox: the embedded database below its directory, as every command opens it.
import { join } from 'node:path';
import { connect } from '../src/database/connection.ts';
import { type ServerTarget, type Sql } from '../src/database/db.ts';
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts';
import { pidExists } from '../src/embedded/processes.ts';
import type { Logger } from '../src/runtime/logger.ts';
import type { Database } from '../src/open-database.ts';

/** The comment on a demo's or sandbox's database: only a database with it, or an empty one, is made anew. */
export type Mark = 'arcadia-cloud demo' | 'arcadia-cloud sandbox';

/** A ledger, and whether it stays when it is left. A second `leave` does nothing. */
export interface DemoLedger extends Database {
  /** Null, or why it goes when it is left: a sentence. */
  temporaryBecause: string | null;
  /** From now on has its server started again when that ends unasked. */
  watch(logger: Logger): void;
}

/** A temporary database is named for its process: those of dead processes are dropped. */
const prefix = 'arcadia_demo_';
/** The lock by which two that start at once take turns. */
const turn = 7_102_026;
const objectInUse = '55006';

/**
 * The ledger below `dataDir`, made anew: empty, and kept when it is left. Where it is in use, or holds other
 * events, a temporary ledger of this process, which is dropped when it is left.
 */
export async function freshLedger(dataDir: string, mark: Mark): Promise<DemoLedger> {
  return openLedgerBelow(dataDir, async (admin, target) => {
    await dropLeftovers(admin);
    const temporaryBecause = await makeAnew(admin, target, mark);
    if (temporaryBecause === null) return { target, temporaryBecause };
    const name = `${prefix}${process.pid}`;
    await admin`drop database if exists ${admin(name)} with (force)`;
    await admin`create database ${admin(name)}`;
    return { target: { ...target, database: name }, temporaryBecause };
  });
}

/** The ledger below `dataDir` as it is, or null where it holds what does not bear the mark. */
export async function keptLedger(dataDir: string, mark: Mark): Promise<DemoLedger | null> {
  let foreign = false;
  const ledger = await openLedgerBelow(dataDir, async (admin, target) => {
    foreign = await holdsForeign(admin, target, mark);
    if (!foreign) await setMark(admin, target, mark);
    return { target, temporaryBecause: null };
  });
  if (!foreign) return ledger;
  await ledger.leave();
  return null;
}

const openOne = (target: ServerTarget): Sql =>
  connect(target, { max: 1, applicationName: 'arcadia-cloud demo' });

type Found = { target: ServerTarget; temporaryBecause: string | null };

async function openLedgerBelow(
  dataDir: string,
  find: (admin: Sql, target: ServerTarget) => Promise<Found>,
): Promise<DemoLedger> {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  const admin = openOne({ ...server.target, database: 'postgres' });
  try {
    await admin`select pg_advisory_lock(${turn})`;
    const { target, temporaryBecause } = await find(admin, server.target);
    // A connection from now on, so that the ledger is in use before the service has connected.
    const holder = openOne(target);
    await holder`select 1`;
    await admin.end();
    const leave = async (): Promise<void> => {
      await holder.end();
      try {
        if (temporaryBecause !== null) await drop(server.target, target.database);
      } finally {
        await server.stop();
      }
    };
    let left: Promise<void> | undefined;
    return { target, temporaryBecause, watch: server.watch, leave: () => (left ??= leave()) };
  } catch (error) {
    await admin.end();
    await server.stop();
    throw error;
  }
}

/** @returns null when it is new and empty, else why it was left alone */
async function makeAnew(admin: Sql, target: ServerTarget, mark: Mark): Promise<string | null> {
  if (await holdsForeign(admin, target, mark))
    return `the ledger in this directory is no ${mark.replace('arcadia-cloud ', '')}'s`;
  try {
    await admin`drop database if exists ${admin(target.database)}`;
  } catch (error) {
    if ((error as { code?: string }).code === objectInUse) return 'the ledger in this directory is in use';
    throw error;
  }
  await admin`create database ${admin(target.database)}`;
  await setMark(admin, target, mark);
  return null;
}

/** Whether the database holds events and does not bear the mark. */
async function holdsForeign(admin: Sql, target: ServerTarget, mark: Mark): Promise<boolean> {
  const [row] = await admin<
    { comment: string | null }[]
  >`select shobj_description(oid, 'pg_database') as comment from pg_database
    where datname = ${target.database}`;
  if (row === undefined || row.comment === mark) return false;
  const sql = openOne(target);
  try {
    const [journal] = await sql<{ name: string | null }[]>`select to_regclass('journal')::text as name`;
    if ((journal?.name ?? null) === null) return false;
    const [events] = await sql<{ some: boolean }[]>`select exists (select 1 from journal) as some`;
    return events?.some === true;
  } finally {
    await sql.end();
  }
}

async function setMark(admin: Sql, target: ServerTarget, mark: Mark): Promise<void> {
  await admin`comment on database ${admin(target.database)} is ${admin.unsafe(`'${mark}'`)}`;
}

async function drop(server: ServerTarget, name: string): Promise<void> {
  const admin = openOne({ ...server, database: 'postgres' });
  try {
    await admin`drop database if exists ${admin(name)} with (force)`;
  } finally {
    await admin.end();
  }
}

async function dropLeftovers(admin: Sql): Promise<void> {
  const found = await admin<
    { datname: string }[]
  >`select datname from pg_database where starts_with(datname, ${prefix})`;
  for (const { datname } of found) {
    if (!pidExists(Number(datname.slice(prefix.length))))
      await admin`drop database if exists ${admin(datname)} with (force)`;
  }
}
