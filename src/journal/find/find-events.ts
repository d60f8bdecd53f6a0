import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';

/** How many positions one statement of a scan covers. */
export const SCAN_STEP = 50_000;
/** The most positions that one answer covers; the next answer goes on from there. */
const SCAN_LIMIT = 1_000_000;

/** The events found, in the journal's order. */
export interface FoundEvents {
  events: RecordedEvent[];
  /** Where the scan stopped, if before the journal's end and before the limit; else null. */
  scannedTo: number | null;
}

/** The first events after a position that match a filter, at most `limit`, as recorded. */
export async function findEvents(
  sql: Sql,
  filter: EventFilter,
  after: number,
  limit: number,
): Promise<FoundEvents> {
  const head = await journalHead(sql);
  if (!isScan(filter))
    return { events: await readStretch(sql, filter, { after, upTo: head }, limit), scannedTo: null };
  const end = Math.min(head, after + SCAN_LIMIT);
  const events: RecordedEvent[] = [];
  for (let at = after; at < end && events.length < limit; at += SCAN_STEP) {
    events.push(
      ...(await readStretch(
        sql,
        filter,
        { after: at, upTo: Math.min(end, at + SCAN_STEP) },
        limit - events.length,
      )),
    );
  }
  return { events, scannedTo: events.length < limit && end < head ? end : null };
}

async function readStretch(
  sql: Sql,
  filter: EventFilter,
  stretch: Stretch,
  limit: number,
): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    ${recordedEvents(sql)} where ${matching(sql, stretch, filter)} ${inOrder(sql, filter)} limit ${limit}`;
}
