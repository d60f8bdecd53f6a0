import { jsonbText, storedText } from '../../database/pg-array.ts';
import type { Transaction } from '../../database/db.ts';
import { copyIn } from '../../database/postgres-repairs/copy-in.ts';
import type { ColumnSpec, Table } from '../projection.ts';
import { quoted, quotedTable } from '../quoted-table.ts';

type Values = Readonly<Record<string, unknown>>;

/** How many characters a chunk of COPY's text has at least. */
export const CHUNK = 1 << 17;

/** The COPY that takes all columns of a table. */
export const copyStatement = (table: Table): string =>
  `copy ${quotedTable(table)} (${Object.keys(table.columns).map(quoted).join(', ')}) from stdin`;

/**
 * Sends rows into a table by COPY, inside a transaction.
 * @throws the server's error, or a general one where the driver loses it; the transaction is then aborted
 */
export async function copyRows(tx: Transaction, table: Table, rows: Iterable<Values>): Promise<void> {
  await copyIn(tx, copyStatement(table), chunksOf(table, rows));
}

function* chunksOf(table: Table, rows: Iterable<Values>): Generator<string> {
  const lineOf = lineEncoder(table);
  let text = '';
  for (const row of rows) {
    text += lineOf(row);
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}

/**
 * Encodes rows of a table as lines of COPY's text format.
 * @returns a function that throws for a row that lacks a column which cannot be null
 */
export function lineEncoder(table: Table): (row: Values) => string {
  const columns = Object.entries(table.columns).map(([name, column], index) => ({
    name,
    before: index === 0 ? '' : '\t',
    encode: encoderOf(`${table.ref}.${name}`, column),
  }));
  return (row) => {
    let line = '';
    for (const { name, before, encode } of columns) line += before + encode(row[name]);
    return line + '\n';
  };
}

function encoderOf(ref: string, column: ColumnSpec): (value: unknown) => string {
  const encode = encoders[column.replace('?', '')] ?? plain;
  const nothing = () => {
    if (!column.endsWith('?')) throw new Error(`${ref} is missing in a row and cannot be null`);
    return '\\N';
  };
  // Null is JSON's null in a column that is not nullable.
  if (column === 'jsonb') return (value) => (value === undefined ? nothing() : encode(value));
  return (value) => (value === undefined || value === null ? nothing() : encode(value));
}

const plain = (value: unknown): string =>
  typeof value === 'string' || Number.isFinite(value) ? String(value) : JSON.stringify(value);

const encoders: Readonly<Record<string, (value: unknown) => string>> = {
  // What must be escaped or cannot be stored is rare, and found at once.
  text: (value) =>
    /[\\\n\r\t\0\ud800-\udfff]/.test(value as string) ? escaped(value as string) : (value as string),
  jsonb: (value) => escaped(jsonbText(value)),
};

const special: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as it is stored, escaped for COPY's text format. */
function escaped(text: string): string {
  return storedText(text).replace(/[\\\n\r\t]/g, (char) => special[char] as string);
}
