/** All read-model tables as comparable rows: of a database, and as the handlers define them. */
import { projections } from '../../../projections/index.ts';
import type { Sql } from '../../../src/database/db.ts';
import type { RowOp, Table } from '../../../src/read-models/projection.ts';
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';
import { canonicalDecimal } from '../../../src/pricing/money.ts';
import { applyOps } from '../projections/projection-spec.ts';

type Row = Record<string, unknown>;
/** Rows by table, sorted by key. */
export type Tables = Map<string, Row[]>;

const allTables = projections.flatMap((projection) => projection.tables);

/** PostgreSQL cannot store some characters; they are U+FFFD there. */
function stored(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\u0000', '\uFFFD');
  if (Array.isArray(value)) return value.map((inner: unknown) => stored(inner));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [stored(key), stored(inner)]));
  return value;
}

/**
 * Equal values in equal form: decimals without trailing zeros, instants with milliseconds, nothing as null.
 */
function normal(table: Table, row: Row): Row {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => {
      const value = row[name] ?? null;
      if (typeof value === 'string' && column.startsWith('numeric')) return [name, canonicalDecimal(value)];
      if (typeof value === 'string' && column.startsWith('timestamptz'))
        return [name, new Date(value).toISOString()];
      return [name, stored(value)];
    }),
  );
}

function sorted(table: Table, rows: readonly Row[]): Row[] {
  return rows
    .map((row) => normal(table, row))
    .map((row) => ({ row, key: JSON.stringify(table.key.map((column) => row[column])) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

/** Every read model's rows as a database has them. */
export async function tablesOf(sql: Sql): Promise<Tables> {
  const entries = await Promise.all(
    allTables.map(async (table): Promise<[string, Row[]]> => [
      table.ref,
      sorted(table, await sql<Row[]>`select * from ${sql(table.ref)}`),
    ]),
  );
  return new Map(entries);
}

/**
 * Every read model's rows by the definition of its handlers and operations, each event delivered `times`
 * times in a row.
 */
export function rowsInMemory(events: readonly RecordedLedgerEvent[], times: number): Tables {
  const tables = new Map<string, Map<string, Row>>();
  for (const event of events) {
    for (const projection of projections) {
      const handler = projection.on[event.type] as
        | ((event: RecordedLedgerEvent) => RowOp | readonly RowOp[])
        | undefined;
      for (let n = 0; n < times && handler !== undefined; n++) applyOps(tables, [handler(event)].flat());
    }
  }
  return new Map(
    allTables.map((table) => [table.ref, sorted(table, [...(tables.get(table.ref)?.values() ?? [])])]),
  );
}
