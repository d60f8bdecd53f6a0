import { upcast, type RecordedLedgerEvent } from '../events/index.ts';
import type { RecordedEvent } from '../events/define.ts';
import type { Projection, RowOp } from './projection.ts';
import { foldInto, type FoldedBatch } from './row-writer.ts';

/** An event that a projection can't apply, and why. */
export interface Poison {
  position: number;
  stream: string;
  type: string;
  reason: string;
}

/** Names the event at fault. */
export function poisonedBy(event: RecordedEvent, error: unknown): Poison {
  return { position: event.position, stream: event.stream, type: event.type, reason: error instanceof Error ? error.message : String(error) };
}

type Handler = (event: RecordedLedgerEvent) => RowOp | readonly RowOp[];

/**
 * Runs a projection's handlers over events and folds what they yield. Events without a handler cost one look-up; an event
 * of a type that this build does not know is nobody's business here.
 */
export function foldEvents(projection: Projection, events: readonly RecordedEvent[]): { batch: FoldedBatch } | { poison: Poison } {
  const handlers = projection.on as Partial<Record<string, Handler>>;
  const batch: FoldedBatch = new Map();
  for (const event of events) {
    const handler = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
    if (handler === undefined) continue;
    try {
      foldInto(batch, handler(upcast(event)));
    } catch (error) {
      return { poison: poisonedBy(event, error) };
    }
  }
  return { batch };
}
