import type { EventMetadata, NewEvent } from '../events/define.ts';
import type { DecidedEvent } from './command.ts';
import { checkData, eventId, metadataOf } from './handle-command.ts';
import type { CommandMeta } from './ledger.ts';

type BatchMeta = CommandMeta & { command: string };

/**
 * Makes the events of a batch ready for the log, their data checked against their schemas, in the order in
 * which they are to be appended.
 * @param batch names it among the batches of one command id
 */
export function batchEvents(
  meta: BatchMeta,
  now: string,
  batch: readonly string[] = [],
): (event: DecidedEvent) => NewEvent {
  const nextId = neighbouringIds([meta.commandId, ...batch]);
  const metadataFor = sharedMetadata(meta, now);
  return (event) => {
    checkData(event);
    return { id: nextId(), type: event.type, data: event.data, metadata: metadataFor(event) };
  };
}

/** How many hex digits at the end of an event's id count the events of a batch. */
const COUNTED = 5;

/**
 * Ids of the events of a batch, by its name. They differ at their end, so that they are neighbours in
 * an index: one page of it holds hundreds.
 */
function neighbouringIds(batch: readonly string[]): () => string {
  const begins = eventId(JSON.stringify(batch)).slice(0, -COUNTED);
  let n = 0;
  return () => {
    if (n >= 16 ** COUNTED) throw new RangeError('a batch has more events than ids');
    return begins + (n++).toString(16).padStart(COUNTED, '0');
  };
}

/** The metadata of a batch's events: the same object for all that agree in it, which is encoded once. */
function sharedMetadata(meta: BatchMeta, now: string): (event: DecidedEvent) => EventMetadata {
  let last: DecidedEvent | undefined;
  let metadata: EventMetadata;
  return (event) => {
    if (last?.type !== event.type || last.effective_at !== event.effective_at)
      metadata = metadataOf(event, meta, now);
    last = event;
    return metadata;
  };
}
