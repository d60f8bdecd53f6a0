import type { Db } from '../../database/db.ts';
import type { Actor } from '../../events/define.ts';
import { recordedEvents } from '../read-journal.ts';

/** An event without its data. */
export interface EventOrigin {
  id: string;
  stream: string;
  revision: number;
  position: number;
  type: string;
  recorded_at: string;
  actor: Actor;
}

/** The events of these ids or journal positions; those that the journal lacks are absent. */
export async function eventOrigins(
  db: Db,
  { ids, positions }: { ids: readonly string[]; positions: readonly number[] },
): Promise<EventOrigin[]> {
  if (ids.length + positions.length === 0) return [];
  return db<EventOrigin[]>`
    select id, stream, revision, position, type, metadata->>'recorded_at' as recorded_at,
      metadata->'actor' as actor
    from (
      ${recordedEvents(db)} where id = any(${[...ids]}::uuid[])
      union all
      ${recordedEvents(db)} where position = any(${[...positions]}::bigint[])
    ) e`;
}
