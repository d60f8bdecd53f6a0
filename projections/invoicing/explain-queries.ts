import type { Db } from '../../src/database/db.ts';
import type { Actor, RecordedEvent } from '../../src/events/define.ts';

/**
 * The issues of an invoice as the journal has them, in order, beside the read models of the same snapshot.
 */
export async function issueEvents(db: Db, stream: string): Promise<RecordedEvent[]> {
  return db<RecordedEvent[]>`
    select position, stream, revision, id, type, data, metadata from journal
    where stream = ${stream} and type = 'InvoiceIssued' order by revision`;
}

/** An event without its content: where it stands, and who caused it when. */
export interface EventOrigin {
  id: string;
  stream: string;
  revision: number;
  position: number;
  type: string;
  recorded_at: string;
  /** Who caused it. */
  actor: Actor;
}

/** The events of these ids or at these journal positions; those that the journal lacks are absent. */
export async function eventOrigins(
  db: Db,
  { ids, positions }: { ids: readonly string[]; positions: readonly number[] },
): Promise<EventOrigin[]> {
  if (ids.length + positions.length === 0) return [];
  const columns = db`j.id, j.stream, j.revision, j.position, j.type, j.metadata->>'recorded_at' as recorded_at, j.metadata->'actor' as actor`;
  return db<EventOrigin[]>`
    select ${columns} from journal j where j.id = any(${[...ids]}::uuid[])
    union all
    select ${columns} from journal j where j.position = any(${[...positions]}::bigint[])`;
}
