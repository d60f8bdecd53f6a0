import { expect } from 'chai';
import { projections } from '../../../projections/index.ts';
import type { Sql } from '../../../src/database/db.ts';
import { readUpcast } from '../../support/journal/read-upcast.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import { textArray } from '../../../src/database/pg-array.ts';
import { createPositionWaiter } from '../../../src/read-models/position-waiter.ts';
import { startProjector } from '../../../src/read-models/projector.ts';
import { ensureReadModels } from '../../../src/read-models/define-tables.ts';
import { eventSchemas } from '../../../src/events/index.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { seededLedger } from '../../support/http/invoices-month.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { busyMonth } from '../../support/read-models/busy-month.ts';
import { rowsInMemory, tablesOf } from '../../support/read-models/tables.ts';

/** Copies every row of the journal as it is stored: the text of data and metadata included. */
async function copyJournal(from: Sql, to: Sql): Promise<void> {
  const rows = await from<Record<string, string>[]>`
    select position::text, stream, revision::text, id::text, type, data::text, metadata::text,
      to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ') as recorded_at from journal
      order by position`;
  const column = (name: string) => textArray(rows.map((row) => row[name] ?? null));
  await to`
    insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
    select position::bigint, stream, revision::bigint, id::uuid, type, data::json, metadata::json,
      recorded_at::timestamptz
    from unnest(${column('position')}::text::text[], ${column('stream')}::text::text[],
      ${column('revision')}::text::text[], ${column('id')}::text::text[],
      ${column('type')}::text::text[], ${column('data')}::text::text[], ${column('metadata')}::text::text[],
      ${column('recorded_at')}::text::text[])
      as u(position, stream, revision, id, type, data, metadata, recorded_at)`;
}

describe('the read models of a busy month', () => {
  let ledger: TestLedger;
  let copy: TestDatabase;
  let sql: Sql;

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {}, finance: true });
    await busyMonth(ledger);
    copy = await createTestDatabase();
    sql = copy.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
    await copyJournal(ledger.sql, sql);
  });
  after(async () => {
    await copy.drop();
    await ledger.close();
  });

  it('come from events of every type', async () => {
    const types = (await ledger.sql<{ type: string }[]>`select distinct type from journal`).map(
      (row) => row.type,
    );
    expect(Object.keys(eventSchemas).filter((type) => !types.includes(type))).to.deep.equal([]);
  });

  it('have no projection that had to be parked', async () => {
    expect([
      ...(await ledger.sql`select name, error from projection_checkpoints where status <> 'live'`),
    ]).to.deep.equal([]);
  });

  it('are the same, row for row, when all of them are built from zero', async () => {
    const runner = startProjector(copy.connect(), copy.connect({ max: 1 }), projections, silentLogger);
    const waiter = await createPositionWaiter(sql, projections);
    expect(await waiter.waitFor(await ledger.eventCount(), 20_000)).to.equal(true);
    await waiter.close();
    await runner.stop();
    const [live, rebuilt] = [await tablesOf(ledger.sql), await tablesOf(sql)];
    for (const [table, rows] of live) expect(rebuilt.get(table), table).to.deep.equal(rows);
    // What waits for a number or for its document may be done.
    for (const [table, rows] of live)
      if (!table.endsWith('_due')) expect(rows, `${table} has rows to compare`).to.not.have.length(0);
  });

  for (const times of [1, 2]) {
    it(`are the rows that the handlers define, each event delivered ${times} times`, async () => {
      const live = await tablesOf(ledger.sql);
      const expected = rowsInMemory(await readUpcast(ledger.sql), times);
      for (const [table, rows] of live) expect(rows, table).to.deep.equal(expected.get(table));
    });
  }
});
