import type { Sql } from '../../database/db.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';

/** How many positions one statement of a scan covers. */
const SCAN_STEP = 50_000;

/** Whole lines of an export (NDJSON), each with its line feed. */
interface ExportPiece {
  text: string;
  events: number;
  /** The export is complete up to this position. */
  position: number;
}

/** An export under way. */
export interface EventExport {
  /** The journal's last position at the beginning; later events are left to the next export. */
  readonly upTo: number;
  readonly pieces: AsyncIterable<ExportPiece>;
}

/** The most events in a page … */
const PAGE_EVENTS = 1_000;
/** … and with how many bytes it ends; the last event, of up to a megabyte, is whole. */
const PAGE_BYTES = 1_048_576;

/**
 * Exports events as NDJSON in the journal's order, with data and metadata word for word as recorded. The last
 * line is `{"complete":true,"events":<events before it>,"position":<where the next export begins>}`; an
 * export without it was cut off, and goes on after its last whole line.
 *
 * Each page is a statement of its own: in between it holds neither connection nor snapshot, however slow its
 * reader.
 * @param after events after this position
 * @param before how many events earlier exports have put in the same file; the last line counts them too
 */
export async function exportEvents(
  sql: Sql,
  filter: EventFilter,
  after: number,
  before = 0,
): Promise<EventExport> {
  const upTo = Math.max(after, await journalHead(sql));
  return { upTo, pieces: pieces(sql, filter, { after, upTo }, before) };
}

async function* pieces(
  sql: Sql,
  filter: EventFilter,
  { after, upTo }: Stretch,
  before: number,
): AsyncGenerator<ExportPiece> {
  const step = isScan(filter) ? SCAN_STEP : upTo;
  let events = before;
  let at = after;
  while (at < upTo) {
    const stretch = { after: at, upTo: Math.min(upTo, at + step) };
    const page = await readPage(sql, filter, stretch);
    at = page.position;
    events += page.events;
    yield page;
  }
  yield {
    text: `${JSON.stringify({ complete: true, events, position: upTo })}\n`,
    events: 0,
    position: upTo,
  };
}

/** The next page of a stretch; its position is the stretch's end if it is the last. */
async function readPage(sql: Sql, filter: EventFilter, stretch: Stretch): Promise<ExportPiece> {
  const rows = await sql<{ position: number; line: string; found: number }[]>`
    with page as (
      select position, '{"position":' || position || ',"stream":' || to_json(stream)
        || ',"revision":' || revision || ',"id":"' || id || '","type":' || to_json(type)
        || ',"data":' || data || ',"metadata":' || metadata || '}' as line
      from (
        ${recordedEvents(sql)} where ${matching(sql, stretch, filter)}
        ${inOrder(sql, filter)} limit ${PAGE_EVENTS}
      ) e
    ), sized as (
      select position, line, count(*) over () as found,
        sum(octet_length(line)) over (order by position) - octet_length(line) as bytes_before
      from page
    )
    select position, line, found from sized where bytes_before < ${PAGE_BYTES} order by position`;
  const last = rows.at(-1);
  const isWhole = last === undefined || (last.found === rows.length && last.found < PAGE_EVENTS);
  return {
    text: rows.map(({ line }) => `${line}\n`).join(''),
    events: rows.length,
    position: isWhole ? stretch.upTo : last.position,
  };
}
