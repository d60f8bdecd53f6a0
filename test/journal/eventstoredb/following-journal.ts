import type { EventStore } from '../../../src/journal/eventstoredb/client.ts';
import { followAll, type FollowedEvent } from '../../../src/journal/eventstoredb/follow.ts';
import type { FollowingJournal } from '../../../src/journal/eventstoredb/log.ts';

/**
 * A journal in memory that follows a log from a position on (null: from its start): what a copier would
 * store.
 */
export function followInMemory(
  store: EventStore,
  streamPrefix = '',
  after: bigint | null = null,
): FollowingJournal & { events: FollowedEvent[]; stop: () => Promise<void> } {
  const stopping = new AbortController();
  const events: FollowedEvent[] = [];
  const waiting = new Set<() => void>();
  let scanned = -1n;
  const following = (async () => {
    for await (const batch of followAll(store, { after, streamPrefix, signal: stopping.signal })) {
      events.push(...batch.events);
      scanned = batch.scanned;
      for (const check of waiting) check();
    }
  })();
  return {
    events,
    waitFor: (position, timeoutMs) =>
      new Promise((resolve) => {
        const finish = (answer: number | null) => {
          clearTimeout(timer);
          waiting.delete(check);
          resolve(answer);
        };
        const timer = setTimeout(() => {
          finish(null);
        }, timeoutMs);
        const check = () => {
          if (scanned >= position) finish(events.filter((event) => event.position <= position).length);
        };
        waiting.add(check);
        check();
      }),
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}
