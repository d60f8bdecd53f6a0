import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';

/** A scan looks through so many positions a statement. */
export const scanStep = 50_000;
/** One answer looks through at most so many; the next one goes on from there. */
const scanLimit = 1_000_000;

/** Events that were found, in the order of the journal. */
export interface FoundEvents {
  events: RecordedEvent[];
  /**
   * The position up to which was looked, where that is neither the journal's end nor the last event found;
   * else null.
   */
  scannedTo: number | null;
}

/**
 * The first events after a position that a filter lets through, as recorded.
 * @param limit the most events
 */
export async function findEvents(
  sql: Sql,
  filter: EventFilter,
  after: number,
  limit: number,
): Promise<FoundEvents> {
  const head = await journalHead(sql);
  if (!isScan(filter))
    return { events: await readStretch(sql, filter, { after, upTo: head }, limit), scannedTo: null };
  const end = Math.min(head, after + scanLimit);
  const events: RecordedEvent[] = [];
  for (let at = after; at < end && events.length < limit; at += scanStep) {
    events.push(
      ...(await readStretch(
        sql,
        filter,
        { after: at, upTo: Math.min(end, at + scanStep) },
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
