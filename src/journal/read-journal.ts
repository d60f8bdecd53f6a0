import type { Db, Fragment } from '../database/db.ts';
import type { RecordedEvent } from '../events/define.ts';
import { upcast, type EventType, type RecordedLedgerEvent } from '../events/index.ts';

/**
 * The one select of recorded events: every read of the journal is made of it. As text for COPY, which takes
 * no parameters. A condition that follows may name any column of the table.
 */
export const recordedEventsText = 'select position, stream, revision, id, type, data, metadata from journal';

/**
 * {@link recordedEventsText} as a piece of a statement: a condition follows it, or it stands in brackets as a
 * table. PostgreSQL merges such a subquery into the statement, so the journal's indexes are used.
 */
export const recordedEvents = (db: Db): Fragment => db.unsafe(recordedEventsText);

/** The journal's last position, 0 while it is empty, as a piece of a statement: a scalar subquery. */
export const headOfJournal = (db: Db): Fragment => db`(select coalesce(max(position), 0) from journal)`;

/** The journal's last position; 0 while it is empty. */
export async function journalHead(db: Db): Promise<number> {
  const [row] = await db<{ head: number }[]>`select ${headOfJournal(db)} as head`;
  return row?.head ?? 0;
}

/** Events of the journal after `from`, in order, at most `limit`, as recorded. */
export async function readJournal(db: Db, from: number, limit: number): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where position > ${from} order by position limit ${limit}`;
}

/** A stream's events from a revision on, as far as the journal has them, in order, as recorded. */
export async function readRecorded(db: Db, stream: string, fromRevision = 0): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    ${recordedEvents(db)} where stream = ${stream} and revision >= ${fromRevision} order by revision`;
}

/** Which events of some streams are read; what is absent does not restrict. */
export interface StreamsFilter {
  types?: readonly EventType[];
  /** ISO instant: recorded then or earlier. */
  recordedBy?: string;
  /** The last journal position that counts. */
  upTo?: number;
}

/**
 * The events of streams, each at its current schema version, in the order of their stream.
 * @returns them by stream; a stream without events is absent
 */
export async function readStreams(
  db: Db,
  streams: readonly string[],
  { types, recordedBy, upTo }: StreamsFilter = {},
): Promise<Map<string, RecordedLedgerEvent[]>> {
  const byStream = new Map<string, RecordedLedgerEvent[]>();
  if (streams.length === 0) return byStream;
  const rows = await db<RecordedEvent[]>`
    ${recordedEvents(db)} where stream = any(${[...streams]}::text[])
      ${types === undefined ? db`` : db`and type = any(${[...types]}::text[])`}
      ${recordedBy === undefined ? db`` : db`and recorded_at <= ${recordedBy}::timestamptz`}
      ${upTo === undefined ? db`` : db`and position <= ${upTo}`}
    order by stream, revision`;
  for (const row of rows) {
    const known = byStream.get(row.stream);
    if (known === undefined) byStream.set(row.stream, [upcast(row)]);
    else known.push(upcast(row));
  }
  return byStream;
}

/** Every event of a type, in order, as recorded. It reads the whole journal. */
export async function readType(db: Db, type: EventType): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`${recordedEvents(db)} where type = ${type} order by position`;
}

/**
 * The position of the last event, up to a position, that was recorded by an instant; 0 for none.
 * @param recordedBy ISO instant
 */
export async function lastPositionBy(db: Db, recordedBy: string, upTo: number): Promise<number> {
  const [last] = await db<RecordedEvent[]>`
    ${recordedEvents(db)} where position <= ${upTo} and recorded_at <= ${recordedBy}::timestamptz
    order by position desc limit 1`;
  return last?.position ?? 0;
}
