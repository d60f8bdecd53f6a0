import type { Db, Fragment } from '../database/db.ts';
import type { RecordedEvent } from '../events/define.ts';
import { upcast, type EventType, type RecordedLedgerEvent } from '../events/index.ts';
import { groupBy } from '../runtime/group-by.ts';

/** The one select of recorded events, as text for COPY, which takes no parameters. A condition may follow. */
export const recordedEventsText = 'select position, stream, revision, id, type, data, metadata from journal';

/**
 * {@link recordedEventsText} as a fragment, to be followed by a condition or put in brackets as a table.
 * PostgreSQL merges such a subquery, so the journal's indexes are used.
 */
export const recordedEvents = (db: Db): Fragment => db.unsafe(recordedEventsText);

/** The journal's last position, 0 while empty, as a scalar subquery. */
export const headOfJournal = (db: Db): Fragment => db`(select coalesce(max(position), 0) from journal)`;

/** The journal's last position; 0 while empty. */
export async function journalHead(db: Db): Promise<number> {
  const [row] = await db<{ head: number }[]>`select ${headOfJournal(db)} as head`;
  return row?.head ?? 0;
}

/** At most `limit` events of the journal after `from`, in order, as recorded. */
export async function readJournal(db: Db, from: number, limit: number): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where position > ${from} order by position limit ${limit}`;
}

/** A stream's events from a revision on, in order, as recorded, as far as the journal has them. */
export async function readRecorded(db: Db, stream: string, fromRevision = 0): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where stream = ${stream} and revision >= ${fromRevision} order by revision`;
}

/** Which events of streams to read; absent members do not restrict. */
export interface StreamsFilter {
  types?: readonly EventType[];
  /** ISO instant: recorded then or earlier. */
  recordedBy?: string;
  /** The last journal position that counts. */
  upTo?: number;
}

/**
 * The events of streams by stream, in order, at their current schema version; streams without events are
 * absent.
 */
export async function readStreams(
  db: Db,
  streams: readonly string[],
  { types, recordedBy, upTo }: StreamsFilter = {},
): Promise<Map<string, RecordedLedgerEvent[]>> {
  if (streams.length === 0) return new Map();
  const rows = await db<RecordedEvent[]>`
    ${recordedEvents(db)} where stream = any(${[...streams]}::text[])
      ${types === undefined ? db`` : db`and type = any(${[...types]}::text[])`}
      ${recordedBy === undefined ? db`` : db`and recorded_at <= ${recordedBy}::timestamptz`}
      ${upTo === undefined ? db`` : db`and position <= ${upTo}`}
    order by stream, revision`;
  return groupBy(
    rows.map((row) => upcast(row)),
    ({ stream }) => stream,
  );
}

/** The ids of the events at journal positions, by position. */
export async function eventIdsAt(db: Db, positions: readonly number[]): Promise<Map<number, string>> {
  const rows = await db<{ position: number; id: string }[]>`
    select position, id from journal where position = any(${[...positions]}::bigint[])`;
  return new Map(rows.map(({ position, id }) => [position, id]));
}

/** Every event of a type, in order, as recorded; reads the whole journal. */
export async function readType(db: Db, type: EventType): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`${recordedEvents(db)} where type = ${type} order by position`;
}
