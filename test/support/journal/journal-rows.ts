/** A journal of any length, written past the log: for tests that only read it. */
import type { Sql } from '../../../src/database/db.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../database/test-database.ts';

/** A database with the durable tables and nothing that follows the journal. */
export async function journalDatabase(): Promise<TestDatabase & { sql: Sql }> {
  const database = await createTestDatabase();
  const sql = database.connect();
  await migrate(sql, await readMigrations(migrationsFolder));
  return { ...database, sql };
}

/**
 * Appends so many events, each with so many bytes of text, a second apart; every seventh is `ann`'s, all
 * others a job's.
 */
export async function fillJournal(sql: Sql, count: number, bytes: number): Promise<void> {
  await sql`
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select head + n, 'stream-' || (head + n) % 1000, (head + n) / 1000, gen_random_uuid(),
      case when (head + n) % 10 = 0 then 'PlanCreated' else 'BalanceRecorded' end,
      json_build_object('n', head + n, 'text', 'ünï😀"\\' || repeat('x', ${bytes})),
      json_build_object('actor', json_build_object(
          'sub', case when (head + n) % 7 = 0 then 'ann' else 'job:billing.balance' end,
          'tenant_id', null, 'roles', '[]'::json),
        'correlation_id', 'request-' || (head + n) / 3, 'causation_id', 'c', 'command', 'test',
        'schema_version', 1, 'recorded_at', '2026-05-01T00:00:00.000Z'),
      '2026-05-01T00:00:00Z'::timestamptz + (head + n) * interval '1 second'
    from generate_series(1, ${count}::bigint) as n,
      (select coalesce(max(position), 0) as head from journal) as h`;
}
