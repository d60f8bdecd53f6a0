import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import type { EventMetadata, RecordedEvent } from '../events/define.ts';
import type { Sql } from '../database/db.ts';

/** Which part of the journal to read. */
export interface JournalRange {
  /** Events after this position … */
  after: number;
  /** … up to this one, which the journal has. */
  upTo: number;
  /** Only these event types; default: all. */
  types?: readonly string[];
}

/** How many events a page holds at most: a few megabytes, enough to make the work on it cheap. */
const PAGE = 5_000;

/**
 * Reads a part of the journal by COPY, in order, page by page: about twice as fast as a cursor. The reader's pace is kept;
 * what it has not asked for stays with the server.
 */
export async function* journalPages(sql: Sql, { after, upTo, types }: JournalRange): AsyncGenerator<RecordedEvent[]> {
  const ofTypes = types === undefined ? '' : ` and type in (${types.map(quotedType).join(', ')})`;
  const statement = `copy (select position, stream, revision, id, type, data, metadata from journal where position > ${whole(after)} and position <= ${whole(upTo)}${ofTypes} order by position) to stdout`;
  if (types?.length === 0) return;
  const rows = await sql.unsafe(statement).readable();
  let page: RecordedEvent[] = [];
  for await (const line of linesOf(rows)) {
    page.push(parseRow(line));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** COPY takes no parameters, so what goes into its text is checked here. */
function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no journal position: ${value}`);
  return value;
}

function quotedType(type: string): string {
  if (!/^[A-Za-z]+$/.test(type)) throw new RangeError(`no event type: ${type}`);
  return `'${type}'`;
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
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

function parseRow(line: string): RecordedEvent {
  const [position, stream, revision, id, type, data, metadata] = line.split('\t') as [string, string, string, string, string, string, string];
  return {
    position: Number(position), stream: unescaped(stream), revision: Number(revision), id, type,
    data: JSON.parse(unescaped(data)), metadata: JSON.parse(unescaped(metadata)) as EventMetadata,
  };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

/** A field of COPY's text format as it was. */
function unescaped(field: string): string {
  return field.includes('\\') ? field.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char) : field;
}
