import type { Sql } from '../database/db.ts';
import type { RowOp, Table } from '../engine/projection.ts';
import { bareDefinitionOf } from '../engine/read-models.ts';
import { encodeFolded, foldInto, keyText, sendStatements, type FoldedBatch } from '../engine/row-writer.ts';
import { createKeySet } from './key-set.ts';
import { copyIn } from './row-copy.ts';

type Values = Record<string, unknown>;

/** How many rows a table keeps in memory; the half that has not been touched for longest is then written. */
const KEPT = 40_000;

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

/** Starts filling a shadow table, which has been created bare. */
export function fillShadowTable(sql: Sql, table: Table): ShadowTable {
  const kept = new Map<string, Values>();
  const written = createKeySet();
  const late: FoldedBatch = new Map();
  const definition = bareDefinitionOf(table);
  let hasKey = false;

  async function write(count: number): Promise<void> {
    const rows: Values[] = [];
    for (const [key, row] of kept) {
      if (rows.length === count) break;
      rows.push(row);
      kept.delete(key);
      written.add(key);
    }
    if (rows.length > 0) await sql.begin((tx) => copyIn(tx, table, rows));
  }
  async function makeKey(): Promise<void> {
    if (hasKey) return;
    await sql.unsafe(definition.key);
    hasKey = true;
  }
  async function writeLate(): Promise<void> {
    if (late.size === 0) return;
    const statements = encodeFolded(late);
    late.clear();
    await makeKey();
    await sql.begin((tx) => sendStatements(tx, statements));
  }

  return {
    table,
    apply(op) {
      const values = op.op === 'upsert' ? op.row : op.key;
      const key = keyText(table, values);
      const row = kept.get(key);
      if (row === undefined && written.size > 0 && written.mayHave(key)) {
        foldInto(late, { ...op, table });
        return;
      }
      // What is touched goes to the end of the map: its beginning has rested for longest.
      if (row !== undefined) kept.delete(key);
      if (op.op === 'upsert') kept.set(key, op.row);
      else if (op.op === 'patch' && row !== undefined) kept.set(key, { ...row, ...op.changes });
    },
    async relieve() {
      if (kept.size > KEPT) await write(kept.size - KEPT / 2);
      await writeLate();
    },
    async finish() {
      await write(kept.size);
      await writeLate();
      await makeKey();
      for (const index of definition.indexes) await sql.unsafe(index);
      await sql.unsafe(`analyze "${table.schema}"."${table.name}"`);
    },
  };
}
