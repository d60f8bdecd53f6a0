import type { Sql } from './db.ts';

/**
 * Runs `copy … to stdout` and yields its rows as lines of the text format, no faster than the caller takes
 * them.
 * @param sql a pool for this alone: a reader that stops early leaves its connection in the middle of the copy
 */
export async function* copyOut(sql: Sql, statement: string): AsyncGenerator<string> {
  for await (const lines of copyOutLines(sql, statement)) yield* lines;
}

const LINE_FEED = 10;

/**
 * As {@link copyOut}, with the lines of each chunk together, for very many. Each line is a string of its own,
 * so that a kept piece of it does not keep the whole chunk in memory.
 */
export async function* copyOutLines(sql: Sql, statement: string): AsyncGenerator<string[]> {
  const stream = await sql.unsafe(statement).readable();
  let rest: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      // A line feed is never a byte of another character, so lines are whole characters.
      lines.push(
        rest.length === 0
          ? chunk.toString('utf8', from, end)
          : Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8'),
      );
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

/** A field of COPY's text format without its escapes. */
export function unescaped(field: string): string {
  return field.includes('\\') ? field.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char) : field;
}
