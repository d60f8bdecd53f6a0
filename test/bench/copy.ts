import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sql } from '../../src/database/db.ts';

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escape = (value: string) => (/[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (char) => escapes[char] as string) : value);

/** Sends rows by COPY in the text format, encoded as they go, in chunks of 500. */
export async function copyRows(sql: Sql, target: string, rows: readonly (() => readonly string[])[]): Promise<void> {
  const chunks = function* () {
    for (let from = 0; from < rows.length; from += 500) {
      let text = '';
      for (const row of rows.slice(from, from + 500)) text += row().map(escape).join('\t') + '\n';
      yield text;
    }
  };
  const writable = await sql.unsafe(`copy ${target} from stdin`).writable();
  await pipeline(Readable.from(chunks(), { objectMode: false, highWaterMark: 1 << 20 }), writable);
}
