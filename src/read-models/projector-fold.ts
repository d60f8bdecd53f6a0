import type { RecordedEvent } from '../events/define.ts';
import type { Projection } from './projection.ts';
import { rowOpsOf } from './row-ops.ts';
import { foldInto, type FoldedBatch } from './row-writer.ts';

/** An event that a projection can't apply, and why. */
export interface Poison {
  position: number;
  stream: string;
  type: string;
  reason: string;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The poison that an event is to a projection. */
export function poisonedBy(event: RecordedEvent, error: unknown): Poison {
  return {
    position: event.position,
    stream: event.stream,
    type: event.type,
    reason: messageOf(error),
  };
}

/** Folds a projection's row operations of events, up to the first event that it can't apply. */
export function foldEvents(
  projection: Projection,
  events: readonly RecordedEvent[],
): { batch: FoldedBatch } | { poison: Poison } {
  const opsOf = rowOpsOf(projection);
  const batch: FoldedBatch = new Map();
  for (const event of events) {
    try {
      foldInto(batch, opsOf(event));
    } catch (error) {
      return { poison: poisonedBy(event, error) };
    }
  }
  return { batch };
}
