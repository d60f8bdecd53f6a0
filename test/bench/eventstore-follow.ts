import { randomUUID } from 'node:crypto';
import { NO_STREAM } from '../../src/journal/event-log.ts';
import type { EventStore } from '../../src/journal/eventstoredb/client.ts';
import { followAll } from '../../src/journal/eventstoredb/follow.ts';
import { openEventStoreLog } from '../../src/journal/eventstoredb/log.ts';
import { sampleEvent } from './append.ts';
import { secondsOf, type Pair } from './figure.ts';

const PER_APPEND = 100;
const WRITERS = 10;

/**
 * Resident memory, in MB, of a process that follows the log from its start: at a fifth of the way, and the
 * most seen after it.
 */
export interface FollowMemory {
  events: number;
  atOneFifth: number;
  peakAfter: number;
}

/** Appends events until the server's log holds so many, system events included; returns how many it holds. */
export async function fillEventStore(store: EventStore, atLeast: number): Promise<number> {
  const log = openEventStoreLog({ store, id: 'bench', journal: { waitFor: async () => null } });
  let held = await readBare(store);
  const run = randomUUID();
  let part = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (held < atLeast) {
        held += PER_APPEND;
        await log.append(
          `fill-${run}-${part++}`,
          Array.from({ length: PER_APPEND }, (_, n) => sampleEvent(n)),
          NO_STREAM,
        );
      }
    }),
  );
  return readBare(store);
}

/** The client's own loop over the whole log; returns how many events there are. */
async function readBare(store: EventStore): Promise<number> {
  let count = 0;
  for await (const { event } of store.client.readAll()) if (event !== undefined) count += 1;
  return count;
}

/** Follows the log from its start to its present end; `onBatch` gets the ledger's events so far. */
async function followToEnd(
  store: EventStore,
  onBatch: (events: number) => void = () => undefined,
): Promise<number> {
  const end = await store.end();
  let events = 0;
  for await (const batch of followAll(store, { after: null })) {
    events += batch.events.length;
    onBatch(events);
    if (batch.scanned >= end) break;
  }
  return events;
}

/** Following the whole log from its start, against the client's own read loop over the same. */
export function eventStoreFollowPair(store: EventStore, held: number): Pair {
  return {
    name: 'eventstore_follow',
    unit: 'events/s',
    aim: 0.9,
    floorName: "the client's readAll loop over the same log",
    value: async () => held / (await secondsOf(() => followToEnd(store))),
    floor: async () => held / (await secondsOf(() => readBare(store))),
  };
}

/** Memory while following the whole log. It is bounded when it does not grow towards the end. */
export async function measureFollowMemory(store: EventStore, held: number): Promise<FollowMemory> {
  const rss = () => Math.round(process.memoryUsage.rss() / 1e6);
  let atOneFifth = 0;
  let peakAfter = 0;
  const sampler = setInterval(() => {
    if (atOneFifth > 0) peakAfter = Math.max(peakAfter, rss());
  }, 50);
  const events = await followToEnd(store, (sofar) => {
    if (atOneFifth === 0 && sofar > held / 5) atOneFifth = rss();
  });
  clearInterval(sampler);
  return { events, atOneFifth, peakAfter };
}
