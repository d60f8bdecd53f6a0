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

/** A projection's row operations, folded page by page up to the first event that it can't apply. */
export interface Fold {
  readonly projection: Projection;
  readonly batch: FoldedBatch;
  poison: Poison | null;
}

export const emptyFold = (projection: Projection): Fold => ({ projection, batch: new Map(), poison: null });

/** Folds further events; none after one that can't be applied. */
export function foldOnto(fold: Fold, events: readonly RecordedEvent[]): void {
  if (fold.poison !== null) return;
  const opsOf = rowOpsOf(fold.projection);
  for (const event of events) {
    try {
      foldInto(fold.batch, opsOf(event));
    } catch (error) {
      fold.poison = poisonedBy(event, error);
      return;
    }
  }
}

/** Folds a projection's row operations of events, up to the first event that it can't apply. */
export function foldEvents(
  projection: Projection,
  events: readonly RecordedEvent[],
): { batch: FoldedBatch } | { poison: Poison } {
  const fold = emptyFold(projection);
  foldOnto(fold, events);
  return fold.poison === null ? { batch: fold.batch } : { poison: fold.poison };
}
