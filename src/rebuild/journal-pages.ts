import type { EventMetadata, RecordedEvent } from '../events/define.ts';
import { copyOut, unescaped } from '../database/copy-out.ts';
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
  let page: RecordedEvent[] = [];
  for await (const line of copyOut(sql, statement)) {
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

function parseRow(line: string): RecordedEvent {
  const [position, stream, revision, id, type, data, metadata] = line.split('\t') as [string, string, string, string, string, string, string];
  return {
    position: Number(position), stream: unescaped(stream), revision: Number(revision), id, type,
    data: JSON.parse(unescaped(data)), metadata: JSON.parse(unescaped(metadata)) as EventMetadata,
  };
}
