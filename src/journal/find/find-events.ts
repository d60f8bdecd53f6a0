import type { Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';

/** How many positions one statement of a scan covers. */
export const SCAN_STEP = 50_000;
/** The most positions that one answer covers; the next answer goes on from there. */
const SCAN_LIMIT = 1_000_000;

/** The part of the journal to look through, its ends excluded, and how much is wanted of it. */
export interface Wanted {
  after: number;
  /** Default: up to the journal's end. */
  before?: number | undefined;
  /** The last ones first. */
  newestFirst?: boolean;
  /** The most events. */
  limit: number;
}

/** The events found, in the wanted order. */
export interface FoundEvents {
  events: RecordedEvent[];
  /**
   * Where the scan stopped, if before the end of what is wanted and before the limit; else null. What comes
   * next is after this position, or where the newest are first, before it.
   */
  scannedTo: number | null;
}

/** The first events of a part of the journal that match a filter, or the last ones, as recorded. */
export async function findEvents(sql: Sql, filter: EventFilter, wanted: Wanted): Promise<FoundEvents> {
  const { after, before = Number.MAX_SAFE_INTEGER, newestFirst = false, limit } = wanted;
  const all = { after, upTo: Math.min(await journalHead(sql), before - 1) };
  if (!isScan(filter))
    return { events: await readStretch(sql, filter, all, { newestFirst, limit }), scannedTo: null };
  const events: RecordedEvent[] = [];
  let left = all;
  for (let steps = SCAN_LIMIT / SCAN_STEP; steps > 0 && left.after < left.upTo; steps -= 1) {
    const [stretch, rest] = newestFirst ? lastStep(left) : firstStep(left);
    const missing = limit - events.length;
    events.push(...(await readStretch(sql, filter, stretch, { newestFirst, limit: missing })));
    if (events.length === limit) return { events, scannedTo: null };
    left = rest;
  }
  if (left.after >= left.upTo) return { events, scannedTo: null };
  return { events, scannedTo: newestFirst ? left.upTo + 1 : left.after };
}

const firstStep = ({ after, upTo }: Stretch): [Stretch, Stretch] => {
  const middle = Math.min(upTo, after + SCAN_STEP);
  return [
    { after, upTo: middle },
    { after: middle, upTo },
  ];
};

const lastStep = ({ after, upTo }: Stretch): [Stretch, Stretch] => {
  const middle = Math.max(after, upTo - SCAN_STEP);
  return [
    { after: middle, upTo },
    { after, upTo: middle },
  ];
};

async function readStretch(
  sql: Sql,
  filter: EventFilter,
  stretch: Stretch,
  { newestFirst, limit }: { newestFirst: boolean; limit: number },
): Promise<RecordedEvent[]> {
  return sql<RecordedEvent[]>`
    ${recordedEvents(sql)} where ${matching(sql, stretch, filter)}
    ${inOrder(sql, filter)} ${newestFirst ? sql`desc` : sql``} limit ${limit}`;
}
