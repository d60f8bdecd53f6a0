import { expect } from 'chai';
import fc from 'fast-check';
import type { Sql } from '../../../src/database/db.ts';
import {
  defineTable,
  patch,
  remove,
  upsert,
  type RowOp,
  type Table,
} from '../../../src/read-models/projection.ts';
import { bareDefinitionOf } from '../../../src/read-models/define-tables.ts';
import { fillShadowTable } from '../../../src/read-models/rebuild/shadow-table.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

const table = defineTable(
  { name: 'filled', version: 1 },
  { name: 'rows', columns: { a: 'text', b: 'bigint', value: 'text' }, key: ['a', 'b'], indexes: [['value']] },
);

/** The rows that the operations define. */
function expected(ops: readonly RowOp[]): unknown[] {
  const rows = new Map<string, Record<string, unknown>>();
  for (const op of ops) {
    const { a, b } = op.op === 'upsert' ? op.row : op.key;
    const key = JSON.stringify([a, b]);
    const row = rows.get(key);
    if (op.op === 'upsert') rows.set(key, op.row);
    else if (op.op === 'remove') rows.delete(key);
    else if (row !== undefined) rows.set(key, { ...row, ...op.changes });
  }
  return [...rows.values()].sort((x, y) =>
    String(x['a']) < String(y['a'])
      ? -1
      : String(x['a']) > String(y['a'])
        ? 1
        : Number(x['b']) - Number(y['b']),
  );
}

describe('a shadow table', () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });
  after(() => database.drop());

  /** Fills a table, its excess rows written after each part, and reads what others see. */
  async function fill(parts: readonly (readonly RowOp[])[], keep?: number): Promise<unknown[]> {
    await sql.unsafe('drop schema if exists rm_filled_v1 cascade');
    await sql.begin(async (tx) => {
      await tx.unsafe('create schema rm_filled_v1');
      await tx.unsafe(bareDefinitionOf(table as unknown as Table).create);
      const filling = fillShadowTable(tx, table as unknown as Table, keep);
      for (const ops of parts) {
        for (const op of ops) filling.apply(op);
        await filling.writeExcess();
      }
      await filling.finish();
    });
    return [...(await sql`select a, b, value from rm_filled_v1.rows order by a, b`)];
  }

  it('ends in the rows that the operations define, whatever has been written when they come', async () => {
    const key = fc.record({ a: fc.constantFrom('x', 'y', 'z', 'w'), b: fc.nat(4) });
    const op = fc
      .tuple(
        key,
        fc.constantFrom('upsert', 'upsert', 'patch', 'remove'),
        fc.string({ maxLength: 3, unit: 'grapheme-ascii' }),
      )
      .map(([at, kind, value]) =>
        kind === 'upsert'
          ? upsert(table, { ...at, value })
          : kind === 'patch'
            ? patch(table, at, { value })
            : remove(table, at),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(op, { maxLength: 12 }), { maxLength: 8 }),
        fc.constantFrom(0, 2, 100),
        async (parts, keep) => {
          expect(await fill(parts, keep)).to.deep.equal(expected(parts.flat()));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has its key and its indexes in the end', async () => {
    await fill([[upsert(table, { a: 'x', b: 1, value: 'v' })]]);
    const indexes = await sql<
      { indexname: string }[]
    >`select indexname from pg_indexes where schemaname = 'rm_filled_v1' order by 1`;
    expect(indexes.map(({ indexname }) => indexname)).to.deep.equal(['rows_pkey', 'rows_value']);
  });
});
