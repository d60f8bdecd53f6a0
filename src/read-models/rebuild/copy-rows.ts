import { jsonbText, storedText } from '../../database/pg-array.ts';
import type { Transaction } from '../../database/db.ts';
import { copyIn } from '../../database/postgres-repairs/copy-in.ts';
import type { ColumnSpec, Table } from '../projection.ts';
import { quoted, quotedTable } from '../quoted-table.ts';

type Values = Readonly<Record<string, unknown>>;

const CHUNK = 1 << 18;

/**
 * Sends rows into a table by COPY, inside a transaction.
 * @throws the server's error, or a general one where the driver loses it; the transaction is then aborted
 */
export async function copyRows(tx: Transaction, table: Table, rows: Iterable<Values>): Promise<void> {
  const columns = Object.keys(table.columns).map(quoted);
  const statement = `copy ${quotedTable(table)} (${columns.join(', ')}) from stdin`;
  await copyIn(tx, statement, chunksOf(table, rows));
}

function* chunksOf(table: Table, rows: Iterable<Values>): Generator<string> {
  const columns = Object.entries(table.columns);
  let text = '';
  for (const row of rows) {
    text += encodeRow(table, columns, row);
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}

function encodeRow(table: Table, columns: readonly (readonly [string, ColumnSpec])[], row: Values): string {
  let line = '';
  for (let i = 0; i < columns.length; i++) {
    const [name, column] = columns[i] as readonly [string, ColumnSpec];
    line += (i === 0 ? '' : '\t') + encodeField(table, name, column, row[name]);
  }
  return line + '\n';
}

function encodeField(table: Table, name: string, column: ColumnSpec, value: unknown): string {
  if (value === undefined || (value === null && column !== 'jsonb')) {
    if (!column.endsWith('?')) throw new Error(`${table.ref}.${name} is missing in a row and cannot be null`);
    return '\\N';
  }
  switch (column) {
    case 'text':
    case 'text?':
      return escaped(storedText(value as string));
    case 'jsonb':
    case 'jsonb?':
      return escaped(jsonbText(value));
    default:
      return typeof value === 'string' ? value : JSON.stringify(value);
  }
}

const special: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes for COPY's text format. */
function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (char) => special[char] as string) : text;
}
