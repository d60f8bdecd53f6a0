import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from './db.ts';
import { advisoryLocks } from './advisory-locks.ts';

/** One numbered file of `migrations/`. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
}

/** The schema does not fit this build; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Reads `NNNN_name.sql` files in order. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const match = /^(\d{4})_(.+)\.sql$/.exec(file);
      if (match === null) throw new MigrationError(`${file}: a migration is named NNNN_name.sql`);
      const sql = await readFile(join(folder, file), 'utf8');
      return {
        number: Number(match[1]),
        name: file,
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
      };
    }),
  );
}

/**
 * Brings the durable tables to this build's schema: forward only, all pending files in one transaction, one
 * migrator at a time.
 * @returns the names of the applied files
 * @throws {MigrationError} an applied file has changed since, or the schema is newer than this build
 */
export async function migrate(sql: Sql, migrations: readonly Migration[]): Promise<string[]> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${advisoryLocks.space}, ${advisoryLocks.migrations})`;
    await tx`
      create table if not exists schema_migrations (
        number integer primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default now())`;
    const applied = await tx<
      { number: number; name: string; checksum: string }[]
    >`select number, name, checksum from schema_migrations order by number`;
    const known = new Map(migrations.map((migration) => [migration.number, migration]));
    for (const row of applied) {
      const file = known.get(row.number);
      if (file === undefined)
        throw new MigrationError(
          `the database has migration ${row.name}, which this build does not know: ` +
            'it was made by a newer version; start that one',
        );
      if (file.checksum !== row.checksum)
        throw new MigrationError(
          `migration ${row.name} was changed after it had been applied; ` +
            'restore the file and put the change into a new migration',
        );
    }
    const pending = migrations.filter((migration) => !applied.some((row) => row.number === migration.number));
    for (const migration of pending) {
      await tx.unsafe(migration.sql);
      await tx`
        insert into schema_migrations (number, name, checksum)
        values (${migration.number}, ${migration.name}, ${migration.checksum})`;
    }
    return pending.map((migration) => migration.name);
  });
}
