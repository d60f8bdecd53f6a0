import { StringDecoder } from 'node:string_decoder';
import type { Sql } from './db.ts';

/**
 * Runs `copy … to stdout` and gives its rows as lines of the text format, fields between tabs. The reader's pace is kept.
 * @param sql a pool of one's own: a reader that stops early leaves its connection in the middle of the copy
 */
export async function* copyOut(sql: Sql, statement: string): AsyncGenerator<string> {
  const stream = await sql.unsafe(statement).readable();
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = rest + decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield text.slice(from, end);
      from = end + 1;
    }
    rest = text.slice(from);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

/** A field of COPY's text format as it was. */
export function unescaped(field: string): string {
  return field.includes('\\') ? field.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char) : field;
}
