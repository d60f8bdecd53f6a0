import { randomUUID } from 'node:crypto';
import { jsonEvent, NO_STREAM as CLIENT_NO_STREAM } from '@eventstore/db-client';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import type { EventStore } from '../../src/journal/eventstoredb/client.ts';
import { openEventStoreLog } from '../../src/journal/eventstoredb/log.ts';
import { sampleEvent } from './append.ts';
import { secondsOf, type Pair } from './figure.ts';

const CALLERS = 100;
const EVENTS = 20_000;

/**
 * Runs concurrent callers that append one event at a time; each begins another stream after ten events.
 */
async function rateOf(
  append: (stream: string, event: ReturnType<typeof sampleEvent>, revision: number) => Promise<unknown>,
): Promise<number> {
  const run = randomUUID();
  const events = Array.from({ length: EVENTS }, (_, n) => sampleEvent(n));
  let next = 0;
  const caller = async (lane: number) => {
    for (let done = 0; ; done++) {
      const event = events[next++];
      if (event === undefined) return;
      await append(`bench-${run}-${lane}-${Math.floor(done / 10)}`, event, (done % 10) - 1);
    }
  };
  return (
    EVENTS / (await secondsOf(() => Promise.all(Array.from({ length: CALLERS }, (_, lane) => caller(lane)))))
  );
}

/**
 * Appends by 100 callers, one event a call, at the revision each expects, against the client's own loop of
 * the same appends.
 */
export function eventStoreAppendPair(store: EventStore): Pair {
  const log = openEventStoreLog({ store, id: 'bench', journal: { waitFor: async () => null } });
  return {
    name: 'eventstore_append_100',
    unit: 'events/s',
    aim: 0.9,
    floorName: "the client's appendToStream in the same loop",
    value: () => rateOf((stream, event, revision) => log.append(stream, [event], revision)),
    floor: () => clientAppends(store),
  };
}

/** The client's own loop of single appends; returns events a second. */
export const clientAppends = (store: EventStore): Promise<number> =>
  rateOf((stream, { id, type, data, metadata }, revision) =>
    store.client.appendToStream(
      stream,
      jsonEvent({ id, type, data: data as Record<string, unknown>, metadata: { ...metadata } }),
      { expectedRevision: revision === NO_STREAM ? CLIENT_NO_STREAM : BigInt(revision) },
    ),
  );
