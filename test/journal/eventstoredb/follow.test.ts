import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../src/runtime/logger.ts';
import { NO_STREAM, type EventLog } from '../../../src/journal/event-log.ts';
import { openEventStore, type EventStore } from '../../../src/journal/eventstoredb/client.ts';
import {
  followAll,
  type FollowedBatch,
  type FollowedEvent,
  type FollowOptions,
} from '../../../src/journal/eventstoredb/follow.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { LogMismatch } from '../../../src/journal/log-mismatch.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { rejection, someEvent } from '../contract.ts';
import { until } from '../../support/runtime/until.ts';

/** Numbers in the contract suite's events. */
const numbers = (events: readonly FollowedEvent[]) => events.map((event) => (event.data as { n: number }).n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const numbered = (n: number) => {
  const { type, data, metadata } = someEvent({ n });
  return { type, data: data as object, metadata };
};

describe('following EventStoreDB', () => {
  let server: ProtocolServer;
  let store: EventStore;
  let log: EventLog;
  beforeEach(async () => {
    server = await startProtocolServer();
    store = openEventStore(server.url, { deadlineMs: 500 });
    log = openEventStoreLog({ store, id: 'log', journal: { waitFor: async () => null } });
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });

  const append = async (from: number, count: number) => {
    for (let n = from; n < from + count; n++) await log.append(`s-${n}`, [someEvent({ n })], NO_STREAM);
  };

  /** Follows until it has so many events, or its last batch satisfies. */
  async function follow(
    options: FollowOptions,
    enough: (events: FollowedEvent[], batch: FollowedBatch) => boolean,
    busy: () => Promise<void> = async () => undefined,
  ) {
    const events: FollowedEvent[] = [];
    const batches: FollowedBatch[] = [];
    for await (const batch of followAll(store, options)) {
      batches.push(batch);
      events.push(...batch.events);
      if (enough(events, batch)) break;
      await busy();
    }
    return { events, batches };
  }
  const followCount = (after: bigint | null, count: number, busy?: () => Promise<void>) =>
    follow({ after }, (events) => events.length >= count, busy);

  /** A follower in the background. */
  function following(after: bigint | null = null, options: Partial<FollowOptions> = {}) {
    const stopping = new AbortController();
    const events: FollowedEvent[] = [];
    const done = (async () => {
      for await (const batch of followAll(store, { after, signal: stopping.signal, ...options }))
        events.push(...batch.events);
    })();
    let failure: unknown = null;
    done.catch((error: unknown) => {
      failure = error;
    });
    return {
      events,
      done,
      has: async (count: number) => {
        await until(`${count} events followed`, () => events.length >= count || failure !== null);
        expect(failure).to.equal(null);
      },
      stop: async () => {
        stopping.abort();
        await done;
      },
    };
  }

  describe('1: resuming after a scavenge', () => {
    it('does not skip the event behind a scavenged position', async () => {
      await append(0, 5);
      const { events } = await followCount(null, 3);
      const third = events[2] as FollowedEvent;
      expect(server.scavenge((event) => event.stream === third.stream)).to.equal(1);
      expect(numbers((await followCount(third.position, 2)).events)).to.deep.equal([3, 4]);
    });

    it('nor when its running subscription was dropped meanwhile', async () => {
      await append(0, 2);
      const follower = following();
      await follower.has(2);
      // A scavenge writes about itself, so the log's end lies behind what it took away.
      server.writeSystemEvent('$statsCollected');
      server.scavenge((event) => event.stream === 's-1');
      server.dropSubscriptions('unavailable');
      await append(2, 2);
      await follower.has(4);
      await follower.stop();
      expect(numbers(follower.events)).to.deep.equal(upTo(4));
    });
  });

  describe("2: a stored position beyond the log's end", () => {
    it('is refused, as is one that is no position of this log', async () => {
      await append(0, 3);
      const end = await store.end();
      for (const after of [end + 1_000n, end - 1n])
        expect(await rejection(followCount(after, 1)), String(after)).to.be.instanceOf(LogMismatch);
      await append(3, 1);
      expect(numbers((await followCount(end, 1)).events)).to.deep.equal([3]);
    });

    it('is noticed when the server is wiped under a running follower', async () => {
      await append(0, 50);
      const follower = following();
      await follower.has(50);
      await server.wipe();
      expect(await rejection(follower.done)).to.be.instanceOf(LogMismatch);
    });
  });

  describe('3: positions run behind the consumer', () => {
    it('hands out positions only with the events that they hold, so that none is missed', async () => {
      await append(0, 30);
      server.writeSystemEvent('$metadata');
      let after: bigint | null = null;
      const seen: number[] = [];
      while (seen.length < 30) {
        // Each time the consumer is gone after its first batch, as if it had been killed.
        const { batches }: { batches: FollowedBatch[] } = await follow({ after }, () => true);
        for (const { events, scanned } of batches) {
          seen.push(...numbers(events));
          expect(events.every((event) => event.position <= scanned)).to.equal(true);
          after = scanned;
        }
        server.dropSubscriptions('consumer-too-slow');
      }
      expect(seen).to.deep.equal(upTo(30));
    });
  });

  describe('6 and 7: what is not ours', () => {
    it('leaves out system events and streams of others, and names an unknown event type', async () => {
      const warnings: unknown[] = [];
      const logger: Logger = {
        debug() {},
        info() {},
        error() {},
        warn: (...what: unknown[]) => {
          warnings.push(what);
        },
      };
      server.writeSystemEvent('$statsCollected');
      server.write('mine-a', [numbered(0)]);
      server.write('other-a', [numbered(7)]);
      server.write('mine-b', [{ type: 'Strange', data: { n: 8 } }]);
      server.write('mine-c', [
        { type: 'Strange', data: Buffer.from('no JSON'), metadata: numbered(0).metadata },
      ]);
      server.write('mine-a', [numbered(1)]);
      const { events } = await follow(
        { after: null, streamPrefix: 'mine-', logger },
        (all) => all.length >= 2,
      );
      expect(events.map(({ stream, revision, data }) => ({ stream, revision, data }))).to.deep.equal([
        { stream: 'a', revision: 0, data: { n: 0 } },
        { stream: 'a', revision: 1, data: { n: 1 } },
      ]);
      expect(JSON.stringify(warnings))
        .to.contain('mine-b')
        .and.to.contain('mine-c')
        .and.to.contain('"revision":0');
      expect(warnings).to.have.length(2);
    });

    it("still reaches the log's head when the last events are the system's", async () => {
      await append(0, 1);
      const stopping = new AbortController();
      const scanned: bigint[] = [];
      const done = (async () => {
        for await (const batch of followAll(store, { after: null, signal: stopping.signal }))
          scanned.push(batch.scanned);
      })();
      for (const behindTheSubscription of [false, true]) {
        server.writeSystemEvent('$metadata');
        const head = BigInt(await log.head());
        await until("the log's head scanned", () => (scanned.at(-1) ?? 0n) >= head);
        expect(scanned.at(-1), String(behindTheSubscription)).to.equal(head);
      }
      stopping.abort();
      await done;
    });
  });

  describe('9: "consumer too slow"', () => {
    it('is normal operation: bursts to a slow consumer lose and double nothing', async () => {
      const follower = (async () => followCount(null, 1_000, () => delay(10)))();
      for (let burst = 0; burst < 5; burst++) {
        // Each burst meets a live subscription, and ends it: what comes at once is more than the server keeps
        // for it.
        await until('an open subscription', () => server.openSubscriptions > 0);
        await delay(20);
        server.burst(200, (n) => numbered(burst * 200 + n));
        await until('no open subscription', () => server.openSubscriptions === 0);
      }
      expect(numbers((await follower).events)).to.deep.equal(upTo(1_000));
    });

    it('holds the server back while the consumer is busy, in batches of a bounded size', async () => {
      server.burst(12_000, numbered);
      const { events, batches } = await followCount(null, 12_000, () => delay(200));
      expect(numbers(events)).to.deep.equal(upTo(12_000));
      expect(Math.max(...batches.map((batch) => batch.events.length))).to.be.at.most(5_000);
    });

    it('bounds a batch by its bytes too', async () => {
      server.burst(30, (n) => ({ ...numbered(n), data: { n, text: 'x'.repeat(900_000) } }));
      const { events, batches } = await followCount(null, 30, () => delay(300));
      expect(numbers(events)).to.deep.equal(upTo(30));
      expect(Math.max(...batches.map((batch) => batch.events.length))).to.be.at.most(12);
    });
  });

  describe('10: leaving a subscription', () => {
    it('leaves no call open and no error without a listener', async () => {
      await append(0, 3);
      await followCount(null, 3);
      const quiet = following(await store.end());
      await until('an open subscription', () => server.openSubscriptions > 0);
      await quiet.stop();
      await until('no open call', () => server.openCalls('Subscribe') + server.openCalls('Read') === 0);
      // Late errors of the calls that were left would end this process here.
      server.dropSubscriptions('unavailable');
      server.cutConnections();
      await delay(50);
      expect(await log.head()).to.equal(String(await store.end()));
    });

    it('does not wait for a server that is away', async () => {
      const follower = following();
      await server.stop();
      await delay(100);
      await follower.stop();
      await server.start();
    });
  });

  for (const [what, fault] of Object.entries<() => Promise<void>>({
    'a killed and restarted server': async () => {
      await server.stop();
      await server.start();
    },
    'a server that shuts down (error 13)': async () => {
      server.dropSubscriptions('shutdown');
    },
    'another leader': async () => {
      server.dropSubscriptions('not-leader');
      server.notLeader(1);
    },
    'cut connections': async () => {
      server.cutConnections();
    },
    'a server that freezes and goes on': async () => {
      server.freeze();
      await delay(1_200);
      server.thaw();
    },
  })) {
    it(`resumes after ${what}, every event once and in order`, async () => {
      const follower = following();
      for (let round = 0; round < 3; round++) {
        await append(round * 10, 10);
        await fault();
      }
      await append(30, 10);
      await follower.has(40);
      await follower.stop();
      expect(numbers(follower.events)).to.deep.equal(upTo(40));
    });
  }

  it('notices a subscription that was lost without a word', async () => {
    const follower = following();
    await until('an open subscription', () => server.openSubscriptions > 0);
    server.freeze();
    server.burst(5, numbered);
    await delay(700);
    server.thaw();
    await follower.has(5);
    await follower.stop();
    expect(numbers(follower.events)).to.deep.equal(upTo(5));
  });
});
