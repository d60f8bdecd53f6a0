import type { Transaction } from '../database/db.ts';
import { jsonbText, plainArray, storedText, textArray } from '../database/pg-array.ts';
import type { ColumnSpec, ColumnType, RowOp, Table } from './projection.ts';
import { quoted, quotedTable } from './quoted-table.ts';

type Values = Record<string, unknown>;

/** The operation that equals all operations on a key so far. */
export type Pending =
  | { op: 'upsert'; row: Values }
  | { op: 'patch'; key: Values; changes: Values }
  | { op: 'remove'; key: Values };

/** A folded batch: one operation for each key of each table. */
export type FoldedBatch = Map<Table, Map<string, Pending>>;

/**
 * A row's key as a map key, as the database keeps it: keys that are equal there must not be two rows of one
 * statement. Parts carry their length, so that no two keys collide.
 */
export function keyText(table: Table, values: Values): string {
  if (table.key.length === 1) return storedText(String(values[table.key[0] as string]));
  let out = '';
  for (const column of table.key) {
    const part = String(values[column]);
    out += `${part.length}:${part}`;
  }
  // This changes no length, so parts stay apart.
  return storedText(out);
}

/** Folds operations into a batch, in order. */
export function foldInto(batch: FoldedBatch, ops: readonly RowOp[]): void {
  for (const op of ops) foldOne(batch, op);
}

function foldOne(batch: FoldedBatch, op: RowOp): void {
  let rows = batch.get(op.table);
  if (rows === undefined) {
    rows = new Map<string, Pending>();
    batch.set(op.table, rows);
  }
  const key = keyText(op.table, op.op === 'upsert' ? op.row : op.key);
  rows.set(key, foldedWith(op.op === 'upsert' ? undefined : rows.get(key), op));
}

/** The operation that equals those on a key so far, if any, and a further one. */
export function foldedWith(before: Pending | undefined, op: RowOp): Pending {
  if (op.op === 'upsert') return { op: 'upsert', row: op.row };
  if (op.op === 'remove') return { op: 'remove', key: op.key };
  if (before === undefined) return { op: 'patch', key: op.key, changes: op.changes };
  if (before.op === 'upsert') return { op: 'upsert', row: { ...before.row, ...op.changes } };
  if (before.op === 'patch')
    return { op: 'patch', key: op.key, changes: { ...before.changes, ...op.changes } };
  // A patch of a removed row changes nothing.
  return before;
}

const baseType = (column: ColumnSpec): ColumnType => column.replace('?', '') as ColumnType;

/** One column of many rows as the text of a Postgres array. */
export function encodeColumn(column: ColumnSpec, values: readonly unknown[]): string {
  switch (baseType(column)) {
    case 'text':
      return textArray(values as (string | null)[]);
    // Null is JSON's null in a column that is not nullable.
    case 'jsonb':
      return textArray(
        values.map((value) => (value === null && column === 'jsonb?' ? null : jsonbText(value))),
      );
    case 'timestamptz':
      return textArray(values as (string | null)[]);
    case 'bigint':
    case 'numeric':
    case 'boolean':
    case 'date':
      return plainArray(values as (string | number | boolean | null)[]);
  }
}

/** jsonb is sent as text[]: in an array literal of jsonb every quote would be escaped twice. */
const arrayType = (column: ColumnSpec) => (baseType(column) === 'jsonb' ? 'text' : baseType(column));
const value = (alias: string, name: string, column: ColumnSpec) =>
  `${alias}.${quoted(name)}${baseType(column) === 'jsonb' ? '::jsonb' : ''}`;

const onKey = (table: Table) =>
  table.key
    .map((name) => `t.${quoted(name)} = ${value('u', name, table.columns[name] as ColumnSpec)}`)
    .join(' and ');

function unnest(table: Table, names: readonly string[]): string {
  const arrays = names.map(
    (name, index) => `$${index + 1}::${arrayType(table.columns[name] as ColumnSpec)}[]`,
  );
  return `unnest(${arrays.join(', ')}) as u(${names.map(quoted).join(', ')})`;
}

function params(table: Table, names: readonly string[], rows: readonly Values[]): string[] {
  return names.map((name) =>
    encodeColumn(
      table.columns[name] as ColumnSpec,
      rows.map((row) => (row[name] === undefined ? missing(table, name) : row[name])),
    ),
  );
}

function missing(table: Table, name: string): null {
  if (!(table.columns[name] as ColumnSpec).endsWith('?'))
    throw new Error(`${table.ref}.${name} is missing in a row and cannot be null`);
  return null;
}

interface TableStatements {
  upsert: string;
  remove: string;
  columns: string[];
}
const statements = new WeakMap<Table, TableStatements>();

/** A table's fixed statements, built once: the server keeps the plans of identical texts. */
function statementsOf(table: Table): TableStatements {
  let built = statements.get(table);
  if (built === undefined) {
    const columns = Object.keys(table.columns);
    const others = columns.filter((name) => !table.key.includes(name));
    const set =
      others.length === 0
        ? 'do nothing'
        : `do update set ${others.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`;
    const select = columns.map((name) => value('u', name, table.columns[name] as ColumnSpec)).join(', ');
    built = {
      columns,
      upsert:
        `insert into ${quotedTable(table)} (${columns.map(quoted).join(', ')}) ` +
        `select ${select} from ${unnest(table, columns)} ` +
        `on conflict (${table.key.map(quoted).join(', ')}) ${set}`,
      remove: `delete from ${quotedTable(table)} t using ${unnest(table, table.key)} where ${onKey(table)}`,
    };
    statements.set(table, built);
  }
  return built;
}

function patchStatement(table: Table, changed: readonly string[]): string {
  const set = changed
    .map((name) => `${quoted(name)} = ${value('u', name, table.columns[name] as ColumnSpec)}`)
    .join(', ');
  const rows = unnest(table, [...table.key, ...changed]);
  return `update ${quotedTable(table)} t set ${set} from ${rows} where ${onKey(table)}`;
}

/** A statement ready to send, its rows encoded. */
export interface Statement {
  text: string;
  params: string[];
}

/**
 * A table's share of a folded batch: a statement for removals, one for upserts, one for each set of patched
 * columns.
 */
function encodeTable(table: Table, rows: Map<string, Pending>): Statement[] {
  const { upsert, remove, columns } = statementsOf(table);
  const removals: Values[] = [];
  const upserts: Values[] = [];
  const patches = new Map<string, Values[]>();
  for (const pending of rows.values()) {
    if (pending.op === 'remove') removals.push(pending.key);
    else if (pending.op === 'upsert') upserts.push(pending.row);
    else {
      const changed = Object.keys(pending.changes).sort().join(',');
      if (changed === '') continue;
      const group = patches.get(changed);
      const merged = { ...pending.key, ...pending.changes };
      if (group === undefined) patches.set(changed, [merged]);
      else group.push(merged);
    }
  }
  const out: Statement[] = [];
  if (removals.length > 0) out.push({ text: remove, params: params(table, table.key, removals) });
  if (upserts.length > 0) out.push({ text: upsert, params: params(table, columns, upserts) });
  for (const [changed, group] of patches) {
    const names = changed.split(',');
    out.push({ text: patchStatement(table, names), params: params(table, [...table.key, ...names], group) });
  }
  return out;
}

/**
 * Encodes a folded batch. Its statements may run in any order: each key is in one of them, and read models
 * have no foreign keys.
 * @throws for a row that lacks a column which cannot be null
 */
export function encodeFolded(batch: FoldedBatch): Statement[] {
  return [...batch].flatMap(([table, rows]) => encodeTable(table, rows));
}

/** Sends encoded statements inside a transaction, pipelined. */
export async function sendStatements(tx: Transaction, statements: readonly Statement[]): Promise<void> {
  await Promise.all(statements.map(({ text, params: values }) => tx.unsafe(text, values, { prepare: true })));
}

/** Writes a folded batch inside a transaction. */
export async function writeFolded(tx: Transaction, batch: FoldedBatch): Promise<void> {
  await sendStatements(tx, encodeFolded(batch));
}
