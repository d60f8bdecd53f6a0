import type { Db, Sql } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { inOrder, isScan, matching, type EventFilter, type Stretch } from './event-filter.ts';
import { journalHead, recordedEvents } from '../read-journal.ts';

/** The most positions that one answer covers; the next answer goes on from there. */
const SCAN_LIMIT = 1_000_000;
/** So few positions are read one by one. */
const SHORT = 2_000;

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

/** How to read a stretch. */
interface Reading {
  filter: EventFilter;
  newestFirst: boolean;
}

/** The first events of a part of the journal that match a filter, or the last ones, as recorded. */
export async function findEvents(sql: Sql, filter: EventFilter, wanted: Wanted): Promise<FoundEvents> {
  const { after, before = Number.MAX_SAFE_INTEGER, newestFirst = false, limit } = wanted;
  const all = { after, upTo: Math.min(await journalHead(sql), before - 1) };
  const reading = { filter, newestFirst };
  if (!isScan(filter)) return { events: await readInOrder(sql, reading, all, limit), scannedTo: null };
  const [covered, rest] = split(all, SCAN_LIMIT, newestFirst);
  const events = await sql.begin('read only', (tx) => firstMatches(tx, reading, covered, limit));
  if (events.length === limit || length(rest) === 0) return { events, scannedTo: null };
  return { events, scannedTo: newestFirst ? rest.upTo + 1 : rest.after };
}

/**
 * The first events of a stretch that match, in the order of reading, at most `limit`.
 * @param db a transaction, so that the search is planned for its very values: a plan for any positions and
 * values would not know that few rows match
 */
export async function firstMatches(
  db: Db,
  reading: Reading,
  stretch: Stretch,
  limit: number,
): Promise<RecordedEvent[]> {
  await db`select set_config('plan_cache_mode', 'force_custom_plan', true)`;
  const [first, others] = split(stretch, SHORT, reading.newestFirst);
  const begun = await readInOrder(db, reading, first, limit);
  const found = [...begun, ...(await search(db, reading, others, limit - begun.length))];
  await db`select set_config('plan_cache_mode', 'auto', true)`;
  return found;
}

const length = ({ after, upTo }: Stretch): number => Math.max(0, upTo - after);

/** What comes first of a stretch, so many positions, and the rest. */
function split({ after, upTo }: Stretch, positions: number, newestFirst: boolean): [Stretch, Stretch] {
  const middle = newestFirst ? Math.max(after, upTo - positions) : Math.min(upTo, after + positions);
  const [older, newer] = [
    { after, upTo: middle },
    { after: middle, upTo },
  ];
  return newestFirst ? [newer, older] : [older, newer];
}

/**
 * The first events of a stretch that match. Where few of the whole stretch match, the index on filters finds
 * them all; where many do, the first ones are in its first half, or in the first half of that.
 */
async function search(db: Db, reading: Reading, stretch: Stretch, limit: number): Promise<RecordedEvent[]> {
  if (limit === 0 || length(stretch) === 0) return [];
  if (length(stretch) <= SHORT) return readInOrder(db, reading, stretch, limit);
  const positions = await anyMatches(db, reading.filter, stretch, limit + 1);
  if (positions.length === 0) return [];
  if (positions.length <= limit) return readAt(db, reading, positions);
  const [first, second] = split(stretch, Math.ceil(length(stretch) / 2), reading.newestFirst);
  const events = await search(db, reading, first, limit);
  return [...events, ...(await search(db, reading, second, limit - events.length))];
}

/**
 * Positions of any events that match, up to `most` of them: fewer are all that there are. The plan is made as
 * if all were wanted, by the index on filters; for the first few the planner would rather look at one row
 * after the other, as if those that match were spread evenly.
 */
async function anyMatches(db: Db, filter: EventFilter, stretch: Stretch, most: number): Promise<number[]> {
  const rows = await db<{ position: number }[]>`
    with matches as materialized (select position from journal where ${matching(db, stretch, filter)})
    select position from matches limit ${most}`;
  return rows.map(({ position }) => position);
}

async function readAt(
  db: Db,
  { newestFirst }: Reading,
  positions: readonly number[],
): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where position = any(${[...positions]}::bigint[])
    order by position ${newestFirst ? db`desc` : db``}`;
}

async function readInOrder(
  db: Db,
  { filter, newestFirst }: Reading,
  stretch: Stretch,
  limit: number,
): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where ${matching(db, stretch, filter)}
    ${inOrder(db, filter)} ${newestFirst ? db`desc` : db``} limit ${limit}`;
}
