import type { RecordedEvent } from '../events/define.ts';
import { upcast, type RecordedLedgerEvent } from '../events/index.ts';
import type { Projection, RowOp } from './projection.ts';

type Handler = (event: RecordedLedgerEvent) => RowOp | readonly RowOp[];

const none: readonly RowOp[] = [];

/**
 * What a recorded event does to a projection's rows, live and rebuilt alike; nothing without a handler, as
 * for a type that this build does not know.
 * @returns a function of the event; it throws what the handler throws
 */
export function rowOpsOf(projection: Projection): (event: RecordedEvent) => readonly RowOp[] {
  const handlers = projection.on as Partial<Record<string, Handler>>;
  return (event) => {
    const handler = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
    if (handler === undefined) return none;
    const ops = handler(upcast(event));
    return Array.isArray(ops) ? (ops as readonly RowOp[]) : [ops as RowOp];
  };
}
