/** Compares the live read models with the rows that their pure handlers give for the same journal. */
import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { readUpcast } from '../support/journal/read-upcast.ts';
import type { Table } from '../../src/read-models/projection.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { projectTwice } from '../support/projections/projection-spec.ts';

type Row = Record<string, unknown>;

/**
 * A row with equal values in equal form: exact decimals canonical, instants with milliseconds, columns in
 * order.
 */
function normal(table: Table, row: Row): Row {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => {
      const value = row[name] ?? null;
      if (typeof value !== 'string') return [name, value];
      if (column.startsWith('numeric')) return [name, canonicalDecimal(value)];
      return [name, column.startsWith('timestamptz') ? new Date(value).toISOString() : value];
    }),
  );
}

const byKey =
  (table: Table) =>
  (a: Row, b: Row): number => {
    const [left, right] = [a, b].map((row) => JSON.stringify(table.key.map((column) => row[column])));
    return (left ?? '') < (right ?? '') ? -1 : 1;
  };

/**
 * Expects every table of every projection to hold exactly the rows that its handlers make of the journal from
 * its first event, whether each event is delivered once or twice.
 * @returns how many rows were compared
 */
export async function expectRowsOfJournal(ledger: TestLedger): Promise<number> {
  await ledger.settled();
  const { sql } = ledger;
  const events = await readUpcast(sql);
  let compared = 0;
  for (const projection of projections) {
    const rebuilt = projectTwice(projection, events);
    for (const table of projection.tables) {
      const live = await sql<Row[]>`select * from ${sql(table.ref)}`;
      const sorted = (rows: readonly Row[]) => rows.map((row) => normal(table, row)).sort(byKey(table));
      expect(sorted(live), table.ref).to.deep.equal(sorted(rebuilt(table)));
      compared += live.length;
    }
  }
  return compared;
}
