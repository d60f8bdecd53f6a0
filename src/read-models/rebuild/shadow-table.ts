import type { Transaction } from '../../database/db.ts';
import type { RowOp, Table } from '../projection.ts';
import { quotedTable } from '../quoted-table.ts';
import { bareDefinitionOf } from '../define-tables.ts';
import { foldedWith, keyText, type Pending } from '../row-writer.ts';
import { openShadowRows } from './shadow-rows.ts';

/** The rows, last changed, that a table keeps in memory at least; at most about twice as many and a page. */
const KEPT = 5_000;
/** After so many generations of new rows only, as of records, no row is kept. */
const UNTOUCHED_GENERATIONS = 3;

/**
 * A table that is filled from empty. Rows stay in memory while they are likely to change again, then go by
 * COPY into a table without indexes. What comes later for a written row is written too, and settled in the
 * end ({@link openShadowRows}). Memory does not grow with the table.
 */
export interface ShadowTable {
  /** The table in the shadow schema. */
  readonly table: Table;
  /**
   * Takes an operation on the live table's rows, without writing it.
   * @throws for a row that lacks a column, or later, when it is written
   */
  apply(op: RowOp): void;
  /** Writes the rows that exceed the memory; one call at a time. */
  writeExcess(): Promise<void>;
  /** Writes the rest, then makes key and indexes. */
  finish(): Promise<void>;
}

/**
 * Starts filling a shadow table, which the transaction has created bare.
 * @param keep how many rows stay in memory at least
 */
export function fillShadowTable(tx: Transaction, table: Table, keep = KEPT): ShadowTable {
  // Operations by key, in two generations: touched keys are young. When there are many young ones, the old
  // are written and the young become old.
  let young = new Map<string, Pending>();
  let old = new Map<string, Pending>();
  // Generations since a row in memory was touched, or one outside was changed.
  let untouched = 0;
  const rows = openShadowRows(tx, table);
  const { indexes } = bareDefinitionOf(table);

  function fold(op: RowOp): void {
    const key = keyText(table, op.op === 'upsert' ? op.row : op.key);
    let before = young.get(key);
    if (before === undefined && (before = old.get(key)) !== undefined) old.delete(key);
    if (before !== undefined || op.op !== 'upsert') untouched = 0;
    young.set(key, foldedWith(before, op));
  }
  function leaveOld(): void {
    // Rows first, so that each kind is one COPY; no key is in both.
    for (const pending of old.values()) if (pending.op === 'upsert') rows.add(pending.row);
    for (const pending of old.values()) if (pending.op !== 'upsert') rows.change(pending);
    old = young;
    young = new Map();
  }

  return {
    table,
    apply(op) {
      // Where no row was touched for long, every row is taken for a new one until one is changed.
      if (op.op === 'upsert' && untouched >= UNTOUCHED_GENERATIONS) rows.add(op.row);
      else fold(op);
    },
    async writeExcess() {
      if (young.size > keep) {
        leaveOld();
        untouched += 1;
        if (untouched === UNTOUCHED_GENERATIONS) leaveOld();
      }
      await rows.send();
    },
    async finish() {
      leaveOld();
      leaveOld();
      await rows.finish();
      for (const index of indexes) await tx.unsafe(index);
      await tx.unsafe(`analyze ${quotedTable(table)}`);
    },
  };
}
