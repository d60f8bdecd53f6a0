import type { Transaction } from '../database/db.ts';
import type { RowOp, Table } from '../engine/projection.ts';
import { bareDefinitionOf } from '../engine/read-models.ts';
import { encodeFolded, foldInto, keyText, sendStatements, type FoldedBatch } from '../engine/row-writer.ts';
import { createKeySet } from './key-set.ts';
import { copyIn } from './row-copy.ts';

type Values = Record<string, unknown>;

/** A table keeps at least so many rows in memory, those touched last, and at most about twice as many. */
const KEPT = 20_000;

/**
 * A table that is filled from nothing. Rows stay in memory while they are likely to be touched again, then go by COPY into
 * a table without indexes. A row that is touched after it was written gives the table its key, from where on it is
 * written as live ones are: rare, since most rows are written once or change soon.
 */
export interface ShadowTable {
  /** The table in the shadow schema. */
  readonly table: Table;
  /** Takes an operation on the live table's rows; nothing is written yet. */
  apply(op: RowOp): void;
  /** Writes what has to leave the memory; one call at a time. */
  relieve(): Promise<void>;
  /** Writes the rest, then makes key and indexes. */
  finish(): Promise<void>;
}

/** Starts filling a shadow table, which the transaction has created bare. */
export function fillShadowTable(tx: Transaction, table: Table): ShadowTable {
  // Two generations: what is touched is young; when the young are many, the old are written and the young are the old ones.
  let young = new Map<string, Values>();
  let old = new Map<string, Values>();
  const written = createKeySet();
  const late: FoldedBatch = new Map();
  const definition = bareDefinitionOf(table);
  let hasKey = false;

  /** Writes the old rows; whatever touches them from this moment on comes late. */
  async function writeOld(): Promise<void> {
    const leaving = old;
    old = young;
    young = new Map();
    for (const key of leaving.keys()) written.add(key);
    if (leaving.size > 0) await copyIn(tx, table, leaving.values());
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
      const key = keyText(table, values);
      let row = young.get(key);
      if (row === undefined) {
        row = old.get(key);
        if (row !== undefined) old.delete(key);
        else if (written.size > 0 && written.mayHave(key)) {
          foldInto(late, { ...op, table });
          return;
        }
      }
      if (op.op === 'upsert') young.set(key, op.row);
      else if (op.op === 'remove') young.delete(key);
      else if (row !== undefined) young.set(key, { ...row, ...op.changes });
    },
    async relieve() {
      if (young.size > KEPT) await writeOld();
      await writeLate();
    },
    async finish() {
      await writeOld();
      await writeOld();
      await writeLate();
      await makeKey();
      for (const index of definition.indexes) await tx.unsafe(index);
      await tx.unsafe(`analyze "${table.schema}"."${table.name}"`);
    },
  };
}
