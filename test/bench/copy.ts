import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from '../../src/database/db.ts';

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escape = (value: string) =>
  /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (char) => escapes[char] as string) : value;

/** How much text is sent at once. */
const CHUNK = 1 << 18;

/** Sends rows by COPY in the text format, made and encoded as they go. */
export async function copyRows(sql: Sql, target: string, rows: Iterable<readonly string[]>): Promise<void> {
  const chunks = function* () {
    let text = '';
    for (const row of rows) {
      text += row.map(escape).join('\t') + '\n';
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
    yield text;
  };
  const writable = await sql.unsafe(`copy ${target} from stdin`).writable();
  await pipeline(Readable.from(chunks(), { objectMode: false, highWaterMark: 1 << 20 }), writable);
}

/** An event as a row for a journal that is filled directly. */
export interface JournalRow {
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
  recordedAt: string;
}

/** Fills a table with the journal's columns, positions counting on from `after`; returns the last one. */
export async function copyJournal(
  sql: Sql,
  after: number,
  rows: Iterable<JournalRow>,
  table = 'journal',
): Promise<number> {
  let position = after;
  const encoded = function* () {
    for (const { stream, revision, id, type, data, metadata, recordedAt } of rows) {
      position += 1;
      yield [String(position), stream, String(revision), id, type, data, metadata, recordedAt];
    }
  };
  await copyRows(
    sql,
    `${table} (position, stream, revision, id, type, data, metadata, recorded_at)`,
    encoded(),
  );
  return position;
}

/** The last position of a journal; 0 for an empty one. */
export async function journalHead(sql: Sql, table = 'journal'): Promise<number> {
  const [row] = await sql.unsafe<{ head: number }[]>(
    `select coalesce(max(position), 0) as head from ${table}`,
  );
  return row?.head ?? 0;
}
