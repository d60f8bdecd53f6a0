import { logDeadline } from '../journal/log-deadline.ts';
import { NO_STREAM, WrongExpectedRevision, type EventLog } from '../journal/event-log.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import { batchEvents } from './batch-events.ts';
import type { Clock } from './clock.ts';
import type { DecidedEvent } from './command.ts';
import { newEvent } from './handle-command.ts';
import type { CommandMeta, PartSet } from './ledger.ts';

/**
 * Appends the parts of sets. They are named by content, so events already on a stream are its first parts. A
 * set is usually new, and of one part: the first parts of all are appended at once, and a stream is read only
 * after a conflict.
 */
export async function storePartSets(
  host: { log: EventLog; clock: Clock },
  sets: readonly PartSet[],
  meta: CommandMeta,
): Promise<void> {
  const { log, clock } = host;
  const storing = { ...meta, command: 'store-parts' };
  // One command may store several sets, one after the other.
  const streams = sets.map(({ stream }) => stream);
  const batched = batchEvents(storing, clock.now(), streams);
  const begun = await log.appendEach(
    sets.map(({ stream, events }) => ({
      stream,
      events: [batched(events[0] as DecidedEvent)],
      expectedRevision: NO_STREAM,
    })),
    () => logDeadline().until(),
  );
  for (const answer of begun)
    if (answer instanceof Error && !(answer instanceof WrongExpectedRevision)) throw answer;
  const left = [...sets.entries()].filter(
    ([place, { events }]) => begun[place] instanceof Error || events.length > 1,
  );
  await mapBounded(left, ([place, set]) =>
    storeRest(host, set, storing, begun[place] instanceof Error ? null : 1),
  );
}

/** @param present how many parts are on the stream; null: that has to be read */
async function storeRest(
  { log, clock }: { log: EventLog; clock: Clock },
  { stream, events }: PartSet,
  meta: CommandMeta & { command: string },
  present: number | null,
): Promise<void> {
  for (let from = present; ; from = null) {
    from ??= (await log.read(stream)).length;
    try {
      for (const [index, part] of events.entries()) {
        if (index < from) continue;
        const event = newEvent(part, stream, index, meta, clock.now());
        await log.append(stream, [event], index === 0 ? NO_STREAM : index - 1);
      }
      return;
    } catch (error) {
      // Another call has stored the set or a part of it: go on from there.
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}
