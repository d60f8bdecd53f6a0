import type { Sql, Transaction } from '../../database/db.ts';
import type { Table } from '../projection.ts';
import { quoted, quotedTable } from '../quoted-table.ts';

/** How many differing rows of a table are listed. */
const NAMED = 100;

/** A row that differs between the live table and the one built anew from the events. */
export interface RowDifference {
  table: string;
  /** The row's key, by column. */
  key: Record<string, unknown>;
  /** `changed`: both tables have the row; `missing`: only the rebuilt one; `surplus`: only the live one. */
  difference: 'changed' | 'missing' | 'surplus';
  /** The columns that differ in a changed row. */
  columns: { column: string; live: unknown; events: unknown }[];
}

export interface TableComparison {
  table: string;
  rows: number;
  differing: number;
  /** The first ones, by key. */
  differences: RowDifference[];
}

/**
 * Compares a live table with the one built anew, row by row, at one journal position in one snapshot.
 * Decimals are compared by value, JSON by content.
 */
export async function compareTables(
  tx: Sql | Transaction,
  live: Table,
  shadow: Table,
): Promise<TableComparison> {
  const columns = Object.keys(live.columns);
  const onKey = live.key.map((name) => `l.${quoted(name)} = s.${quoted(name)}`).join(' and ');
  const differs = columns.map((name) => `l.${quoted(name)} is distinct from s.${quoted(name)}`).join(' or ');
  const both = `${quotedTable(live)} l full join ${quotedTable(shadow)} s on ${onKey}`;
  const first = quoted(live.key[0] as string);
  const [counted] = await tx.unsafe<{ rows: number; differing: number }[]>(`
    select (select count(*) from ${quotedTable(live)}) as rows,
      (select count(*) from ${both} where ${differs}) as differing`);
  const { rows, differing } = counted as { rows: number; differing: number };
  if (differing === 0) return { table: live.ref, rows, differing, differences: [] };
  const order = live.key.map((name) => `coalesce(l.${quoted(name)}, s.${quoted(name)})`);
  const found = await tx.unsafe<FoundRow[]>(`
    select l.${first} is not null as in_live, s.${first} is not null as in_events,
      to_jsonb(l) as live, to_jsonb(s) as events
    from ${both} where ${differs}
    order by ${order.join(', ')} limit ${NAMED}`);
  return { table: live.ref, rows, differing, differences: found.map((row) => describe(live, columns, row)) };
}

interface FoundRow {
  in_live: boolean;
  in_events: boolean;
  live: Record<string, unknown>;
  events: Record<string, unknown>;
}

function describe(
  table: Table,
  columns: readonly string[],
  { in_live, in_events, live, events }: FoundRow,
): RowDifference {
  const present = in_live ? live : events;
  const key = Object.fromEntries(table.key.map((name) => [name, present[name]]));
  if (!in_events) return { table: table.ref, key, difference: 'surplus', columns: [] };
  if (!in_live) return { table: table.ref, key, difference: 'missing', columns: [] };
  const changed = columns.filter((name) => JSON.stringify(live[name]) !== JSON.stringify(events[name]));
  return {
    table: table.ref,
    key,
    difference: 'changed',
    columns: changed.map((column) => ({ column, live: live[column], events: events[column] })),
  };
}
