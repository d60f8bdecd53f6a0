import type { Db, Fragment } from '../../database/db.ts';
import type { EventType } from '../../events/index.ts';

/** Which events to find; all given members have to hold. */
export interface EventFilter {
  stream?: string | undefined;
  type?: EventType | undefined;
  /** The actor's subject, or `job:<name>`. */
  actor?: string | undefined;
  /** The request or job run that caused it. */
  correlationId?: string | undefined;
  /** ISO instant: recorded then or later … */
  recordedFrom?: string | undefined;
  /** … and then or earlier. */
  recordedTo?: string | undefined;
}

/** A stretch of the journal: positions after `after`, up to `upTo`. */
export interface Stretch {
  after: number;
  upTo: number;
}

/**
 * Whether a filter needs a scan. The journal is sorted by position and by stream alone, since every append
 * pays for a sorted index; for the other filters an index says in which pages there may be matches
 * (`migrations/0015_journal_filters.sql`).
 */
export function isScan({
  stream,
  type,
  actor,
  correlationId,
  recordedFrom,
  recordedTo,
}: EventFilter): boolean {
  return (
    stream === undefined &&
    [type, actor, correlationId, recordedFrom, recordedTo].some((wanted) => wanted !== undefined)
  );
}

/** The condition on a row of the journal. */
export function matching(sql: Db, { after, upTo }: Stretch, filter: EventFilter): Fragment {
  const { stream, type, actor, correlationId, recordedFrom, recordedTo } = filter;
  return sql`position > ${after} and position <= ${upTo}
    ${stream === undefined ? sql`` : sql`and stream = ${stream}`}
    ${type === undefined ? sql`` : sql`and type = ${type}`}
    ${recordedFrom === undefined ? sql`` : sql`and recorded_at >= ${recordedFrom}::timestamptz`}
    ${recordedTo === undefined ? sql`` : sql`and recorded_at <= ${recordedTo}::timestamptz`}
    ${actor === undefined ? sql`` : sql`and metadata -> 'actor' ->> 'sub' = ${actor}`}
    ${correlationId === undefined ? sql`` : sql`and metadata ->> 'correlation_id' = ${correlationId}`}`;
}

/** The journal's order; for a stream by revision, so that the planner uses the stream's index. */
export function inOrder(sql: Db, { stream }: EventFilter): Fragment {
  return stream === undefined ? sql`order by position` : sql`order by revision`;
}
