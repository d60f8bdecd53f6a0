import { eventTypeFilter, streamNameFilter, type EventStoreDBClient } from '@eventstore/db-client';
import { expect } from 'chai';
import { tick, watch, withServer } from '../../support/journal/eventstoredb/client.ts';
import type { ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { until } from '../../support/runtime/until.ts';

const own = (received: readonly string[]): string[] => received.filter((entry) => !entry.startsWith('$'));

function place(server: ProtocolServer, stream: string, revision: bigint) {
  const { position } = server
    .events()
    .find((event) => event.stream === stream && event.revision === revision)!;
  return { commit: position, prepare: position };
}

/**
 * Appends to a stream of its own and waits until the subscriber has it, so that all before that has come too.
 */
async function flush(
  client: EventStoreDBClient,
  received: readonly string[],
  stream = 'last',
): Promise<void> {
  const { nextExpectedRevision } = await client.appendToStream(stream, tick(0));
  await until('the event', () => received.includes(`${stream}@${nextExpectedRevision}`));
}

describe('the protocol server: subscriptions', () => {
  it('give what is stored, then the event `caughtUp`, then what is new', () =>
    withServer(async (client) => {
      await client.appendToStream('s', [tick(0), tick(1)]);
      const received = watch(client.subscribeToAll());
      await until('caughtUp', () => received.includes('caughtUp'));
      await client.appendToStream('s', tick(2));
      await until('s@2', () => received.includes('s@2'));
      expect(own(received)).to.deep.equal(['confirmation', 's@0', 's@1', 'caughtUp', 's@2']);
    }));

  it('begin after the position, or with what is new', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', [tick(0), tick(1), tick(2)]);
      const after = watch(client.subscribeToAll({ fromPosition: place(server, 's', 0n) }));
      const fromEnd = watch(client.subscribeToAll({ fromPosition: 'end' }));
      await until('caughtUp', () => after.includes('caughtUp') && fromEnd.includes('caughtUp'));
      await client.appendToStream('s', tick(3));
      await until('s@3', () => after.includes('s@3') && fromEnd.includes('s@3'));
      expect(after).to.deep.equal(['confirmation', 's@1', 's@2', 'caughtUp', 's@3']);
      expect(fromEnd).to.deep.equal(['confirmation', 'caughtUp', 's@3']);
    }));

  it('skip the next event when the one at the position has been scavenged', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', [tick(0), tick(1), tick(2), tick(3)]);
      const fromPosition = place(server, 's', 1n);
      expect(server.scavenge(({ stream, revision }) => stream === 's' && revision === 1n)).to.equal(1);
      const received = watch(client.subscribeToAll({ fromPosition }));
      await until('caughtUp', () => received.includes('caughtUp'));
      expect(received).to.deep.equal(['confirmation', 's@3', 'caughtUp']);
      // Reading there is how to find out: the first event is another.
      for await (const { event } of client.readAll({ fromPosition, maxCount: 1 }))
        expect(event?.revision).to.equal(2n);
      // In the scavenged part of the log a position between records is not an error.
      const between = { commit: fromPosition.commit + 1n, prepare: fromPosition.commit + 1n };
      for await (const { event } of client.readAll({ fromPosition: between, maxCount: 1 }))
        expect(event?.revision).to.equal(2n);
    }));

  it('from beyond the end give what is new, without an error', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', tick(0));
      const { commit } = place(server, 's', 0n);
      const received = watch(
        client.subscribeToAll({
          fromPosition: { commit: commit + 1_000_000n, prepare: commit + 1_000_000n },
        }),
      );
      await until('caughtUp', () => received.includes('caughtUp'));
      await client.appendToStream('s', tick(1));
      await until('s@1', () => received.includes('s@1'));
      expect(received).to.deep.equal(['confirmation', 'caughtUp', 's@1']);
    }));

  it('fail from a position that is no record', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', [tick(0), tick(1)]);
      const { commit } = place(server, 's', 0n);
      const received = watch(
        client.subscribeToAll({ fromPosition: { commit: commit + 1n, prepare: commit + 1n } }),
      );
      await until('an entry', () => received.length > 0);
      expect(received).to.deep.equal(['UnknownError']);
    }));

  it('to a stream wait for it, begin after the revision, and end with its tombstone', () =>
    withServer(async (client) => {
      const early = watch(client.subscribeToStream('s'));
      await until('confirmation', () => early.includes('confirmation'));
      await client.appendToStream('s', [tick(0), tick(1)]);
      const late = watch(client.subscribeToStream('s', { fromRevision: 0n }));
      await until('caughtUp', () => early.includes('caughtUp') && late.includes('caughtUp'));
      expect(early).to.deep.equal(['confirmation', 's@0', 's@1', 'caughtUp']);
      expect(late).to.deep.equal(['confirmation', 's@1', 'caughtUp']);
      await client.appendToStream('another', tick(0));
      await client.tombstoneStream('s');
      await until('StreamDeletedError', () => early.includes('StreamDeletedError'));
      expect(early.slice(4)).to.deep.equal(['s@9223372036854775807', 'StreamDeletedError']);
    }));

  it('with a filter report their position regularly, even when no event matches', () =>
    withServer(async (client) => {
      await client.appendToStream(
        's',
        Array.from({ length: 100 }, (_, n) => tick(n)),
      );
      const checkpoints: bigint[] = [];
      const checkpointReached = async (_: unknown, { commit }: { commit: bigint }) => {
        checkpoints.push(commit);
      };
      const received = watch(
        client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['t', 'last'], checkpointReached }) }),
      );
      await until('caughtUp', () => received.includes('caughtUp'));
      expect(checkpoints).to.have.length(3);
      expect(checkpoints).to.deep.equal(checkpoints.toSorted((a, b) => Number(a - b)));
      await client.appendToStream('t', tick(0));
      await flush(client, received);
      expect(received).to.deep.equal(['confirmation', 'caughtUp', 't@0', 'last@0']);
    }));

  it('with a filter of no system events say nothing of those at the end', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', tick(0));
      server.writeSystemEvent('$metadata');
      const received = watch(client.subscribeToAll({ filter: eventTypeFilter({ regex: '^[^$].*' }) }));
      await until('caughtUp', () => received.includes('caughtUp'));
      server.writeSystemEvent('$metadata');
      await flush(client, received);
      expect(received).to.deep.equal(['confirmation', 's@0', 'caughtUp', 'last@0']);
    }));

  it('are dropped by a burst, and lose nothing when they go on after the last event that came', () =>
    withServer(async (client, server) => {
      const received = watch(client.subscribeToAll());
      await until('caughtUp', () => received.includes('caughtUp'));
      server.burst(200);
      await until('TimeoutError', () => received.includes('TimeoutError'));
      const seen = own(received).filter((entry) => entry.startsWith('burst@'));
      expect(seen).to.have.length.greaterThan(0).and.lessThan(200);
      const more = watch(
        client.subscribeToAll({ fromPosition: place(server, 'burst', BigInt(seen.length - 1)) }),
      );
      await until('caughtUp', () => more.includes('caughtUp'));
      expect([...seen, ...more.slice(1, -1)]).to.deep.equal(
        Array.from({ length: 200 }, (_, n) => `burst@${n}`),
      );
    }));

  it('are not dropped where the buffer is as large as one likes', () =>
    withServer(
      async (client, server) => {
        const received = watch(client.subscribeToAll());
        await until('caughtUp', () => received.includes('caughtUp'));
        server.burst(2000);
        await until('burst@1999', () => received.includes('burst@1999'));
        expect(received).not.to.include('TimeoutError');
      },
      { liveBuffer: Infinity },
    ));

  it('are counted while they are open', () =>
    withServer(async (client, server) => {
      const subscription = client.subscribeToAll();
      const received = watch(subscription);
      await until('caughtUp', () => received.includes('caughtUp'));
      expect(server.openSubscriptions).to.equal(1);
      await subscription.unsubscribe();
      await until('no open subscription', () => server.openSubscriptions === 0);
      expect(server.calls('Subscribe')).to.equal(1);
    }));
});
