import { expect } from 'chai';
import fc from 'fast-check';
import type { Sql } from '../../src/database/db.ts';
import {
  defineProjection,
  defineTable,
  patch,
  remove,
  upsert,
  type ColumnSpec,
  type RowOp,
  type Table,
} from '../../src/read-models/projection.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { foldInto, writeFolded, type FoldedBatch } from '../../src/read-models/row-writer.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { applyOps } from '../support/projections/projection-spec.ts';

type Row = Record<string, unknown>;

const model = { name: 'writer', version: 1 };
/** Every column type, with and without null, under a key of two parts. */
const wide = defineTable(model, {
  name: 'wide',
  columns: {
    code: 'text',
    no: 'bigint',
    t: 'text',
    t_n: 'text?',
    i: 'bigint',
    i_n: 'bigint?',
    q: 'numeric',
    q_n: 'numeric?',
    b: 'boolean',
    b_n: 'boolean?',
    j: 'jsonb',
    j_n: 'jsonb?',
    d: 'date',
    d_n: 'date?',
    at: 'timestamptz',
    at_n: 'timestamptz?',
  },
  key: ['code', 'no'],
  indexes: [['t', 'no']],
});
/** A key of one part, and a name that has to be quoted. */
const slim = defineTable(model, { name: 'slim', columns: { code: 'text', order: 'text?' }, key: ['code'] });
/** Nothing but a key, of the other types that keys have. */
const bare = defineTable(model, { name: 'bare', columns: { day: 'date', no: 'bigint' }, key: ['day', 'no'] });
const tables = [wide, slim, bare] as unknown as Table[];

const awkward = [
  '',
  ' ',
  'a',
  'A',
  'NULL',
  'null',
  '"',
  '\\',
  '\\"',
  "it's",
  '{a,b}',
  'a,b',
  '\n\r\t',
  'é',
  'e\u0301',
  '😀',
  'a\u0000',
  'a\uFFFD',
  'a\uD800',
  '\uDC00\uD800',
  '\u2028',
  '$1',
  '1:a',
];
const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({
    unit: fc.oneof(
      fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
      fc.constantFrom('\uD83D', '\u0000', '"', '\\'),
    ),
    maxLength: 8,
  }),
);
const int = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 1n, max: 999_999_999_999_999n }),
    fc.stringMatching(/^\d{0,12}$/),
  )
  .map(([sign, whole, part]) => sign + String(whole) + (part === '' ? '' : `.${part}`));
const instant = fc
  .date({
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2100-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
const day = instant.map((at) => at.slice(0, 10));
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.dictionary(text, fc.oneof(text, fc.constant(null), int), { maxKeys: 3 }),
  text,
);

const values: Record<string, fc.Arbitrary<unknown>> = {
  text,
  bigint: int,
  numeric: decimal,
  boolean: fc.boolean(),
  jsonb: json,
  date: day,
  timestamptz: instant,
};
const valueOf = (column: ColumnSpec) => {
  const value = values[column.replace('?', '')] as fc.Arbitrary<unknown>;
  return column.endsWith('?') ? fc.option(value, { nil: null }) : value;
};
/** Few keys, so that operations meet; two of the codes are one once Postgres has them. */
const keyOf = (table: Table) =>
  fc.record(
    Object.fromEntries(
      table.key.map((name) => {
        const few: Record<string, fc.Arbitrary<unknown>> = {
          text: fc.constantFrom(...awkward.slice(0, 3), 'a\u0000', 'a\uFFFD', '"\\'),
          bigint: fc.constantFrom(1, -2),
          date: fc.constantFrom('2026-04-30', '2000-02-29'),
        };
        return [name, few[table.columns[name] as string] as fc.Arbitrary<unknown>];
      }),
    ),
  );

function opOf(table: Table): fc.Arbitrary<RowOp> {
  const others = Object.fromEntries(
    Object.entries(table.columns)
      .filter(([name]) => !table.key.includes(name))
      .map(([name, column]) => [name, valueOf(column)]),
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(keyOf(table), fc.record(others))
        .map(([key, row]): RowOp => ({ op: 'upsert', table, row: { ...key, ...row } })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(keyOf(table), fc.record(others, { requiredKeys: [] }))
        .map(([key, changes]): RowOp => ({ op: 'patch', table, key, changes })),
    },
    { weight: 1, arbitrary: keyOf(table).map((key): RowOp => ({ op: 'remove', table, key })) },
  );
}

/**
 * Characters that PostgreSQL cannot store become U+FFFD: the only difference between a row and its operation.
 */
function clean<T>(value: T): T;
function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '\uFFFD');
  if (Array.isArray(value)) return value.map((inner: unknown) => clean(inner));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), clean(inner)]));
  return Object.is(value, -0) ? 0 : value;
}
const cleanOp = (op: RowOp): RowOp =>
  op.op === 'upsert'
    ? { ...op, row: clean(op.row) }
    : op.op === 'patch'
      ? { ...op, key: clean(op.key), changes: clean(op.changes) }
      : { ...op, key: clean(op.key) };

describe('the row writer', () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, [defineProjection(model, tables, {})]);
  });
  after(() => database.drop());
  beforeEach(() => sql`truncate ${sql(wide.ref)}, ${sql(slim.ref)}, ${sql(bare.ref)}`);

  const write = async (ops: readonly RowOp[]) => {
    const batch: FoldedBatch = new Map();
    for (const op of ops) foldInto(batch, [op]);
    await sql.begin(async (tx) => writeFolded(tx, batch));
  };
  const rowsOf = async (table: Table) => [...(await sql<Row[]>`select * from ${sql(table.ref)}`)];
  const sorted = (table: Table, rows: readonly Row[]) =>
    rows
      .map((row) => ({ key: JSON.stringify(table.key.map((name) => row[name])), row: { ...row } }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ row }) => row);

  it('ends in the rows that the operations define, however they are split into batches', async () => {
    const op = fc.oneof(
      { weight: 4, arbitrary: opOf(wide as unknown as Table) },
      opOf(slim as unknown as Table),
      opOf(bare as unknown as Table),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(op, { maxLength: 12 }), { maxLength: 5 }), async (batches) => {
        await sql`truncate ${sql(wide.ref)}, ${sql(slim.ref)}, ${sql(bare.ref)}`;
        for (const ops of batches) await write(ops);
        const expected = new Map<string, Map<string, Row>>();
        applyOps(expected, batches.flat().map(cleanOp));
        for (const table of tables)
          expect(sorted(table, await rowsOf(table)), table.name).to.deep.equal(
            sorted(table, [...(expected.get(table.ref)?.values() ?? [])]),
          );
      }),
      { numRuns: 120 },
    );
  });

  it('ends in the same rows when every operation comes twice', async () => {
    const table = slim as unknown as Table;
    await fc.assert(
      fc.asyncProperty(fc.array(opOf(table), { maxLength: 15 }), async (ops) => {
        const after = async (list: RowOp[]) => {
          await sql`truncate ${sql(slim.ref)}`;
          await write(list);
          return sorted(table, await rowsOf(table));
        };
        expect(await after(ops.flatMap((op) => [op, op]))).to.deep.equal(await after(ops));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps two keys apart whose parts would read the same side by side', async () => {
    const row = {
      t: '',
      t_n: null,
      i: 0,
      i_n: null,
      q: '0',
      q_n: null,
      b: true,
      b_n: null,
      j: {},
      j_n: null,
      d: '2026-01-01',
      d_n: null,
      at: '2026-01-01T00:00:00.000Z',
      at_n: null,
    };
    await write([
      upsert(wide, { ...row, code: '1', no: 12 }),
      upsert(wide, { ...row, code: '11', no: 2 }),
      upsert(wide, { ...row, code: '1:1', no: 12 }),
    ]);
    expect(await rowsOf(wide as unknown as Table)).to.have.length(3);
  });

  it('writes JSON null where the column allows no SQL null, and reads it back as null', async () => {
    const row = {
      code: 'a',
      no: 1,
      t: '',
      t_n: null,
      i: 0,
      i_n: null,
      q: '0',
      q_n: null,
      b: true,
      b_n: null,
      j: null,
      j_n: null,
      d: '2026-01-01',
      d_n: null,
      at: '2026-01-01T00:00:00.000Z',
      at_n: null,
    };
    await write([upsert(wide, row)]);
    await write([patch(wide, { code: 'a', no: 1 }, { j: null, t: 'changed' })]);
    const found = await sql`select j, j_n, j::text as stored, j_n is null as none, t from ${sql(wide.ref)}`;
    expect([...found]).to.deep.equal([{ j: null, j_n: null, stored: 'null', none: true, t: 'changed' }]);
  });

  it('names the column of a row that lacks a value which cannot be null', async () => {
    const error = await write([upsert(slim, { order: 'x' } as never)]).then(
      () => null,
      (failure: unknown) => failure as Error,
    );
    expect(error?.message).to.equal('rm_writer_v1.slim.code is missing in a row and cannot be null');
  });

  it('takes exact values at the limits of their types', async () => {
    const row = {
      code: 'limits',
      no: Number.MIN_SAFE_INTEGER,
      t: '😀\\"',
      t_n: 'NULL',
      i: Number.MAX_SAFE_INTEGER,
      i_n: 0,
      q: '999999999999999.999999999999',
      q_n: '-0.000000000001',
      b: false,
      b_n: true,
      j: { a: [1, '"\\', null] },
      j_n: '',
      d: '2100-12-31',
      d_n: '2000-02-29',
      at: '2000-01-01T00:00:00.000Z',
      at_n: '2100-12-31T23:59:59.999Z',
    };
    await write([upsert(wide, row)]);
    expect(await rowsOf(wide as unknown as Table)).to.deep.equal([row]);
    await write([remove(wide, { code: 'limits', no: Number.MIN_SAFE_INTEGER })]);
    expect(await rowsOf(wide as unknown as Table)).to.deep.equal([]);
  });
});
