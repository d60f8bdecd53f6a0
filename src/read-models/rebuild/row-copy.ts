import type { Writable } from 'node:stream';
import { jsonbText, storedText } from '../../database/pg-array.ts';
import type { Transaction } from '../../database/db.ts';
import type { Column, Table } from '../projection.ts';

type Values = Readonly<Record<string, unknown>>;

/** How much text is handed over at once. */
const CHUNK = 1 << 18;

/**
 * Sends rows into a table by COPY, inside a transaction.
 * @throws the server's error, or a general one where the driver loses it; the transaction is then aborted
 */
export async function copyIn(tx: Transaction, table: Table, rows: Iterable<Values>): Promise<void> {
  const columns = Object.entries(table.columns);
  const target = await tx
    .unsafe(
      `copy "${table.schema}"."${table.name}" (${columns.map(([name]) => `"${name}"`).join(', ')}) from stdin`,
    )
    .writable();
  let failure: Error | undefined;
  target.on('error', (error: Error) => {
    failure = error;
  });
  const wholeSent = onceSent(target);
  try {
    let text = '';
    for (const row of rows) {
      text += encodeRow(table, columns, row);
      if (text.length < CHUNK) continue;
      await writeTo(target, text);
      text = '';
    }
    target.end(text);
  } catch (error) {
    target.destroy(error as Error);
    throw failure ?? error;
  }
  await wholeSent;
  // The driver drops an error that comes after the last row and never ends the stream: the next statement of
  // the transaction tells, for it is refused after any failure.
  await tx`select`.catch((error: unknown) => {
    throw failure ?? new Error(`rows for ${table.ref} were refused`, { cause: error });
  });
  if (failure !== undefined) throw failure;
}

/** Settles once all rows and the end of the copy are on their way, or the stream is gone. */
function onceSent(target: Writable): Promise<void> {
  return new Promise((resolve) => {
    const finalise = target._final.bind(target);
    target._final = (callback) => {
      finalise(callback);
      resolve();
    };
    target.once('close', resolve);
  });
}

async function writeTo(target: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    target.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function encodeRow(table: Table, columns: readonly (readonly [string, Column])[], row: Values): string {
  let line = '';
  for (let i = 0; i < columns.length; i++) {
    const [name, column] = columns[i] as readonly [string, Column];
    line += (i === 0 ? '' : '\t') + encodeField(table, name, column, row[name]);
  }
  return line + '\n';
}

function encodeField(table: Table, name: string, column: Column, value: unknown): string {
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

/** COPY's text format: its own signs behind a backslash. */
function escaped(text: string): string {
  return /[\\\n\r\t]/.test(text) ? text.replace(/[\\\n\r\t]/g, (char) => special[char] as string) : text;
}
