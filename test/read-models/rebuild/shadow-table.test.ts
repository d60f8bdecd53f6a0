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
  {
    name: 'rows',
    columns: { a: 'text', b: 'bigint', value: 'text', more: 'jsonb?' },
    key: ['a', 'b'],
    indexes: [['value']],
  },
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
    return [...(await sql`select * from rm_filled_v1.rows order by a, b`)];
  }

  it('ends in the rows that the operations define, whatever has been written when they come', async () => {
    // Few keys, which are touched in memory, and many, so that rows leave it before they change again.
    const key = fc.record({
      a: fc.constantFrom('x', 'y', 'z', 'w'),
      b: fc.oneof(fc.nat(4), fc.nat(100)),
    });
    const op = fc
      .tuple(
        key,
        fc.constantFrom('upsert', 'upsert', 'patch', 'remove'),
        fc.string({ maxLength: 3, unit: 'grapheme-ascii' }),
      )
      .map(([at, kind, value]) =>
        kind === 'upsert'
          ? upsert(table, { ...at, value, more: [value] })
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

  const row = (b: number, value: string, a = 'x') => upsert(table, { a, b, value, more: null });
  /** Parts of new rows only, after which a table that keeps one row takes all rows for new ones. */
  const newRows = Array.from({ length: 10 }, (_, n) => [row(2 * n, 'first'), row(2 * n + 1, 'first')]);

  async function expectFilled(later: readonly (readonly RowOp[])[]): Promise<void> {
    const parts = [...newRows, ...later];
    expect(await fill(parts, 1)).to.deep.equal(expected(parts.flat()));
  }

  it('has the newest of rows that come again after they were written', () =>
    expectFilled([
      [row(1, 'second'), row(2, 'second'), row(1, 'third'), row(30, 'first')],
      [row(1, 'fourth'), row(30, 'second'), row(31, 'first')],
    ]));

  it('changes a written row only as it was before the change', () =>
    expectFilled([
      [patch(table, { a: 'x', b: 1 }, { value: 'changed' }), remove(table, { a: 'x', b: 2 })],
      [row(40, 'first'), row(41, 'first'), patch(table, { a: 'x', b: 3 }, { value: 'changed' })],
      [row(42, 'first'), row(43, 'first'), patch(table, { a: 'x', b: 3 }, { value: 'once more' })],
      [row(1, 'anew'), row(44, 'first'), row(45, 'first')],
      [row(46, 'first'), row(47, 'first'), row(2, 'anew'), remove(table, { a: 'x', b: 40 })],
      [row(48, 'first'), row(49, 'first'), patch(table, { a: 'x', b: 40 }, { value: 'without a row' })],
    ]));

  it('applies changes of very many written rows', async () => {
    const first = Array.from({ length: 2_500 }, (_, n) => row(n, 'first'));
    const then = Array.from({ length: 2_500 }, (_, n) =>
      n % 3 === 0
        ? remove(table, { a: 'x', b: n })
        : patch(table, { a: 'x', b: n }, { value: `changed ${n}` }),
    );
    const thenAll = first.map(({ op }, n) => patch(table, { a: 'x', b: n }, { more: [op] }));
    const parts = [first, [row(9_999, 'first')], then, [patch(table, { a: 'y', b: 0 }, {})], thenAll];
    expect(await fill(parts, 1)).to.deep.equal(expected(parts.flat()));
  });

  it('writes any text and JSON, in rows as in changes of written rows', async () => {
    const odd = 'tab\t line\n\r back\\slash "quoted" \u0000 \ud800 €';
    const stored = odd.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd');
    const later = [
      [upsert(table, { a: odd, b: 1, value: odd, more: { [odd]: [odd, null] } })],
      ...[50, 51, 52, 53].map((b) => [row(b, ''), row(b + 10, '')]),
      [
        patch(table, { a: 'x', b: 0 }, { value: odd, more: { [odd]: [odd, 1.5, { deep: null }] } }),
        patch(table, { a: odd, b: 1 }, { more: null }),
      ],
    ];
    const rows = await fill([...newRows, ...later], 1);
    expect(rows).to.deep.include({ a: stored, b: 1, value: stored, more: null });
    const json = { [stored]: [stored, 1.5, { deep: null }] };
    expect(rows).to.deep.include({ a: 'x', b: 0, value: stored, more: json });
  });

  it('refuses a row that lacks a column, also where it keeps none', async () => {
    const lacking = { op: 'upsert', table: table as unknown as Table, row: { a: 'x', b: 99 } } as const;
    const outcome = await fill([...newRows, [lacking]], 1).catch((error: unknown) => error);
    expect(outcome)
      .to.be.an('error')
      .with.property('message', 'rm_filled_v1.rows.value is missing in a row and cannot be null');
  });

  it('has its key and its indexes in the end', async () => {
    await fill([[row(1, 'v')]]);
    const indexes = await sql<
      { indexname: string }[]
    >`select indexname from pg_indexes where schemaname = 'rm_filled_v1' order by 1`;
    expect(indexes.map(({ indexname }) => indexname)).to.deep.equal(['rows_pkey', 'rows_value']);
    // Nothing else is left beside it.
    await fill([...newRows, [row(1, 'again'), row(2, 'again')], [remove(table, { a: 'x', b: 3 })]], 1);
    const relations = await sql<{ relname: string }[]>`
      select relname from pg_class where relnamespace = 'rm_filled_v1'::regnamespace order by 1`;
    expect(relations.map(({ relname }) => relname)).to.deep.equal(['rows', 'rows_pkey', 'rows_value']);
  });
});
