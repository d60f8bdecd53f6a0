import type { Transaction } from '../../database/db.ts';
import type { RowOp, Table } from '../projection.ts';
import { quotedTable } from '../quoted-table.ts';
import { bareDefinitionOf } from '../define-tables.ts';
import { encodeFolded, foldInto, sendStatements, type FoldedBatch } from '../row-writer.ts';
import { createKeyHashes, keyHash, sameKey } from './key-hashes.ts';
import { copyRows } from './copy-rows.ts';

type Values = Record<string, unknown>;

/** The rows, last changed, that a table keeps in memory at least; at most about twice as many and a page. */
const KEPT = 10_000;
/** After so many generations without a second change of a row, as with records, a table keeps few rows. */
const UNTOUCHED_GENERATIONS = 2;

/**
 * A table that is filled from empty. Rows stay in memory while they are likely to change again, then go by
 * COPY into a table without indexes. The first change of a written row, which is rare, gives the table its
 * key; such rows are then written like those of a live table.
 */
export interface ShadowTable {
  /** The table in the shadow schema. */
  readonly table: Table;
  /** Takes an operation on the live table's rows, without writing it. */
  apply(op: RowOp): void;
  /** Writes the rows that exceed the memory; one call at a time. */
  writeExcess(): Promise<void>;
  /** Writes the rest, then makes key and indexes. */
  finish(): Promise<void>;
}

/** Stands for a removed row that was in memory. */
class Removed {
  readonly key: Values;

  constructor(key: Values) {
    this.key = key;
  }
}

function* rowsOf(kept: ReadonlyMap<number, Values | Removed>): Generator<Values> {
  for (const row of kept.values()) if (!(row instanceof Removed)) yield row;
}

/**
 * Starts filling a shadow table, which the transaction has created bare.
 * @param keep how many rows stay in memory at least
 */
export function fillShadowTable(tx: Transaction, table: Table, keep = KEPT): ShadowTable {
  // Rows by the hash of their key, in two generations: touched rows are young. When there are many young
  // rows, the old ones are written and the young become old.
  let young = new Map<number, Values | Removed>();
  let old = new Map<number, Values | Removed>();
  // Every key that ever had a row: if it is not in memory, it is in the table.
  const known = createKeyHashes();
  const late: FoldedBatch = new Map();
  const definition = bareDefinitionOf(table);
  let hasKey = false;
  let untouched = 0;

  /** The row under a hash, young from now on. */
  function touched(hash: number): Values | Removed | undefined {
    const kept = young.get(hash) ?? old.get(hash);
    if (kept !== undefined && old.delete(hash)) young.set(hash, kept);
    return kept;
  }
  /** Writes the old rows; later operations on them are late. */
  async function writeOld(): Promise<void> {
    const leaving = old;
    old = young;
    young = new Map();
    untouched += 1;
    if (leaving.size > 0) await copyRows(tx, table, rowsOf(leaving));
  }
  async function makeKey(): Promise<void> {
    if (hasKey) return;
    await tx.unsafe(definition.key);
    hasKey = true;
  }
  async function writeLate(): Promise<void> {
    if (late.size === 0) return;
    const statements = encodeFolded(late);
    late.clear();
    await makeKey();
    await sendStatements(tx, statements);
  }

  return {
    table,
    apply(op) {
      const values = op.op === 'upsert' ? op.row : op.key;
      const hash = keyHash(table.key, values);
      if (op.op === 'upsert' ? known.add(hash) : !known.mayHave(hash)) {
        // The first operation on this key: there is no row to change or remove.
        if (op.op === 'upsert') young.set(hash, op.row);
        return;
      }
      untouched = 0;
      const kept = touched(hash);
      // The row in memory may have another key with the same hash: then this key's row, if any, is in the
      // table.
      if (kept === undefined || !sameKey(table.key, kept instanceof Removed ? kept.key : kept, values))
        foldInto(late, [{ ...op, table }]);
      else if (op.op === 'upsert') young.set(hash, op.row);
      else if (op.op === 'remove') young.set(hash, new Removed(op.key));
      else if (!(kept instanceof Removed)) young.set(hash, { ...kept, ...op.changes });
    },
    async writeExcess() {
      if (young.size > (untouched > UNTOUCHED_GENERATIONS ? keep / 8 : keep)) await writeOld();
      await writeLate();
    },
    async finish() {
      await writeOld();
      await writeOld();
      await writeLate();
      await makeKey();
      for (const index of definition.indexes) await tx.unsafe(index);
      await tx.unsafe(`analyze ${quotedTable(table)}`);
    },
  };
}
