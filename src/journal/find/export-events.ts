import type { Sql } from '../../database/db.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';
import { SCAN_STEP } from './find-events.ts';

/** A piece of an export: whole lines of NDJSON, each with its line feed. */
export interface ExportPiece {
  text: string;
  /** How many of its lines are events. */
  events: number;
  /** The position up to which everything that was asked for has been given, this piece included. */
  position: number;
}

/** An export under way. */
export interface EventExport {
  /** The journal's last position when it began: what is recorded later is left to the next export. */
  readonly upTo: number;
  readonly pieces: AsyncIterable<ExportPiece>;
}

/** How many events a page holds at most … */
const PAGE_EVENTS = 1_000;
/** … and with how many bytes it ends; the last event, of up to a megabyte, is whole. */
const PAGE_BYTES = 1_048_576;

/**
 * Exports events as NDJSON, one a line, in the order of the journal, their data and metadata in the very text
 * that was recorded. The last line is no event but `{"complete":true,"events":<events before it>,"position":
 * <where the next export begins>}`. An export without it was cut off, and goes on after the position of its
 * last whole line.
 *
 * It reads pages of about a megabyte, each in a statement of its own: between them it holds neither a
 * connection nor a snapshot, however slow its reader is.
 * @param after events behind this position
 * @param before how many events stand where the export goes on already: its last line counts them too
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

/** The next page of a stretch; its position is the stretch's end where there is nothing behind it. */
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
