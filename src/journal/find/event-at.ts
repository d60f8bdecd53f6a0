import type { Db } from '../../database/db.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { recordedEvents } from '../read-journal.ts';

/** An event, and where its stream goes on from it. */
export interface EventInStream {
  event: RecordedEvent;
  /** The position of the event before it in its stream; null for the first one. */
  previous: number | null;
  /** The position of the one after it; null for the last one. */
  next: number | null;
}

/** The event at a position as recorded, with its neighbours in its stream; null: there is none. */
export async function eventAt(db: Db, position: number): Promise<EventInStream | null> {
  const [event] = await db<RecordedEvent[]>`${recordedEvents(db)} where position = ${position}`;
  if (event === undefined) return null;
  const { stream, revision } = event;
  const beside = await db<{ position: number; revision: number }[]>`
    select position, revision from journal
    where stream = ${stream} and revision = any(${[revision - 1, revision + 1]}::bigint[])`;
  const at = (wanted: number) => beside.find((row) => row.revision === wanted)?.position ?? null;
  return { event, previous: at(revision - 1), next: at(revision + 1) };
}
