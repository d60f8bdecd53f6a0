import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { expect } from 'chai';
import { all, rejection, revisions, tick, withServer } from '../../support/journal/eventstoredb/client.ts';
import { startProtocolServer } from '../../support/journal/eventstoredb/index.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/**
 * A call with its own credentials uses the single append instead of the batched one. Without TLS the client
 * does not send the credentials.
 */
const ways = { batched: {}, 'one by one': { credentials: { username: 'user', password: 'something' } } };

describe('the protocol server: appends', () => {
  for (const [name, way] of Object.entries(ways)) {
    describe(name, () => {
      it('stores events at distinct positions and answers the last', () =>
        withServer(async (client, server) => {
          const result = await client.appendToStream('s', [tick(0), tick(1), tick(2)], {
            expectedRevision: 'no_stream',
            ...way,
          });
          const events = server.events().filter(({ stream }) => stream === 's');
          expect(events.map(({ revision, data, metadata }) => ({ revision, data, metadata }))).to.deep.equal(
            [0, 1, 2].map((n) => ({ revision: BigInt(n), data: { n }, metadata: { m: n } })),
          );
          expect(new Set(events.map(({ position }) => position)).size).to.equal(3);
          expect(result).to.deep.equal({
            success: true,
            nextExpectedRevision: 2n,
            position: { commit: events[2]!.position, prepare: events[2]!.position },
          });
          expect(server.calls(name === 'batched' ? 'BatchAppend' : 'Append')).to.equal(1);
          expect(await revisions(client, 's')).to.deep.equal([0, 1, 2]);
        }));

      it('refuses a wrong expected revision and says which it is', () =>
        withServer(async (client) => {
          await client.appendToStream('s', [tick(0), tick(1)], { expectedRevision: 'no_stream', ...way });
          for (const expectedRevision of ['no_stream', 0n, 7n] as const) {
            expect(
              await rejection(client.appendToStream('s', tick(2), { expectedRevision, ...way })),
            ).to.include({
              type: 'wrong-expected-version',
              message: '',
              streamName: 's',
              expectedVersion: expectedRevision,
              actualVersion: 1n,
            });
          }
          for (const expectedRevision of ['stream_exists', 3n] as const) {
            expect(
              await rejection(client.appendToStream('none', tick(2), { expectedRevision, ...way })),
            ).to.include({
              type: 'wrong-expected-version',
              expectedVersion: expectedRevision,
              actualVersion: 'no_stream',
            });
          }
          expect(
            await client.appendToStream('s', tick(2), { expectedRevision: 'stream_exists', ...way }),
          ).to.include({ nextExpectedRevision: 2n });
        }));

      it('lets one of racing writers win', () =>
        withServer(async (client) => {
          const results = await Promise.allSettled(
            Array.from({ length: 20 }, (_, n) =>
              client.appendToStream('s', tick(n), { expectedRevision: 'no_stream', ...way }),
            ),
          );
          expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
          expect(
            results.flatMap((result) => (result.status === 'rejected' ? [result.reason.type] : [])),
          ).to.deep.equal(Array(19).fill('wrong-expected-version'));
          expect(await revisions(client, 's')).to.deep.equal([0]);
        }));

      it('answers a repetition as the first time, also of a part, and refuses a partly new one', () =>
        withServer(async (client) => {
          const first = await client.appendToStream('s', [tick(0, id(0)), tick(1, id(1))], {
            expectedRevision: 'no_stream',
            ...way,
          });
          const later = await client.appendToStream('s', tick(2, id(2)), { expectedRevision: 1n, ...way });
          const again = (ids: number[], expectedRevision: 'no_stream' | 'any' | bigint) =>
            client.appendToStream(
              's',
              ids.map((n) => tick(n, id(n))),
              { expectedRevision, ...way },
            );
          expect(await again([0, 1], 'no_stream')).to.deep.equal(first);
          expect(await again([0, 1], 'any')).to.deep.equal(first);
          expect(await again([0], 'no_stream')).to.include({ success: true, nextExpectedRevision: 0n });
          expect(await again([0, 1, 2], 'no_stream')).to.deep.equal(later);
          expect(await rejection(again([0, 9], 'no_stream'))).to.include({
            type: 'wrong-expected-version',
            actualVersion: 2n,
          });
          expect(await rejection(again([0, 9], 'any'))).to.include({
            type: 'wrong-expected-version',
            actualVersion: 2n,
          });
          expect(await revisions(client, 's')).to.deep.equal([0, 1, 2]);
        }));

      it('stores an event again where the expected revision has moved on, or twice in one append', () =>
        withServer(async (client) => {
          await client.appendToStream('s', tick(0, id(0)), { expectedRevision: 'no_stream', ...way });
          expect(
            await client.appendToStream('s', tick(0, id(0)), { expectedRevision: 0n, ...way }),
          ).to.include({ nextExpectedRevision: 1n });
          await client.appendToStream('t', [tick(0, id(1)), tick(0, id(1))], {
            expectedRevision: 'no_stream',
            ...way,
          });
          expect(await revisions(client, 't')).to.deep.equal([0, 1]);
        }));

      it('accepts nothing as an append of nothing, where the revision is right', () =>
        withServer(async (client, server) => {
          const before = server.events().length;
          expect(await client.appendToStream('s', [], { expectedRevision: 'no_stream', ...way })).to.include({
            success: true,
            nextExpectedRevision: 0n,
          });
          expect(
            await rejection(client.appendToStream('s', [], { expectedRevision: 4n, ...way })),
          ).to.include({ type: 'wrong-expected-version' });
          expect(server.events()).to.have.length(before);
          expect(await rejection(revisions(client, 's'))).to.include({ type: 'stream-not-found' });
        }));

      it('refuses more than a mebibyte of data', () =>
        withServer(async (client) => {
          const half = () => jsonEvent({ type: 'Large', data: 'x'.repeat(600 * 1024) });
          expect(await rejection(client.appendToStream('s', [half(), half()], way))).to.include({
            type: 'maximum-append-size-exceeded',
          });
          expect(await client.appendToStream('s', half(), way)).to.include({ nextExpectedRevision: 0n });
          // Metadata does not count.
          const most = jsonEvent({
            type: 'Most',
            data: 'x'.repeat(1024 * 1024 - 2),
            metadata: { note: 'x'.repeat(1000) },
          });
          expect(await client.appendToStream('s', most, way)).to.include({ nextExpectedRevision: 1n });
        }));

      it('lets a deleted stream come back, and one with a tombstone not', () =>
        withServer(async (client) => {
          await client.appendToStream('s', [tick(0), tick(1)], { expectedRevision: 'no_stream', ...way });
          expect(await rejection(client.deleteStream('s', { expectedRevision: 0n }))).to.include({
            type: 'wrong-expected-version',
            actualVersion: 1n,
          });
          await client.deleteStream('s', { expectedRevision: 1n });
          expect(await rejection(revisions(client, 's'))).to.include({
            type: 'stream-not-found',
            streamName: 's',
          });
          expect(
            await rejection(
              client.appendToStream('s', tick(2), { expectedRevision: 'stream_exists', ...way }),
            ),
          ).to.include({ type: 'stream-deleted' });
          expect(
            await client.appendToStream('s', tick(2), { expectedRevision: 'no_stream', ...way }),
          ).to.include({ nextExpectedRevision: 2n });
          expect(await revisions(client, 's')).to.deep.equal([2]);
          await client.tombstoneStream('s');
          expect(await rejection(revisions(client, 's'))).to.include({
            type: 'stream-deleted',
            streamName: 's',
          });
          expect(await rejection(client.appendToStream('s', tick(3), way))).to.include({
            type: 'stream-deleted',
            streamName: 's',
          });
          expect(await rejection(client.tombstoneStream('s'))).to.include({ type: 'stream-deleted' });
          expect(await all(client), 'a tombstone hides nothing of $all').to.deep.equal(['s@0', 's@1', 's@2']);
        }));
    });
  }
});

describe('the protocol server: reads', () => {
  it('reads a stream from a revision, which is part of it, either way', () =>
    withServer(async (client) => {
      await client.appendToStream(
        's',
        [0, 1, 2, 3, 4].map((n) => tick(n)),
      );
      expect(await revisions(client, 's', { fromRevision: 2n })).to.deep.equal([2, 3, 4]);
      expect(await revisions(client, 's', { fromRevision: 2n, direction: 'backwards' })).to.deep.equal([
        2, 1, 0,
      ]);
      expect(
        await revisions(client, 's', { fromRevision: 'end', direction: 'backwards', maxCount: 2 }),
      ).to.deep.equal([4, 3]);
      expect(await revisions(client, 's', { fromRevision: 99n })).to.deep.equal([]);
      await client.setStreamMetadata('s', { maxCount: 2 });
      expect(await revisions(client, 's')).to.deep.equal([3, 4]);
      expect(await rejection(revisions(client, 'none'))).to.include({
        type: 'stream-not-found',
        streamName: 'none',
      });
    }));

  it('reads $all from a position, which is part of it forwards only', () =>
    withServer(async (client, server) => {
      await client.appendToStream(
        's',
        [0, 1, 2, 3].map((n) => tick(n)),
      );
      const at = (n: number) => ({
        commit: server.events().at(n - 4)!.position,
        prepare: server.events().at(n - 4)!.position,
      });
      expect(await all(client, { fromPosition: at(1), maxCount: 2 })).to.deep.equal(['s@1', 's@2']);
      expect(await all(client, { fromPosition: at(2), maxCount: 2, direction: 'backwards' })).to.deep.equal([
        's@1',
        's@0',
      ]);
      expect(await all(client, { fromPosition: 'end', maxCount: 1, direction: 'backwards' })).to.deep.equal([
        's@3',
      ]);
      expect(await all(client, { fromPosition: 'end' })).to.deep.equal([]);
    }));

  it('fails on a position that is no record, but not beyond the end', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', [tick(0), tick(1)]);
      const { position } = server.events().at(-1)!;
      const off = (by: bigint) => ({ fromPosition: { commit: position + by, prepare: position + by } });
      for (const error of [
        await rejection(all(client, off(1n))),
        await rejection(all(client, { ...off(100_000n), direction: 'backwards' })),
      ]) {
        expect(error).to.include({
          type: 'unknown',
          code: 2,
          message: '2 UNKNOWN: Unexpected ReadAllResult: Error',
        });
      }
      expect(await all(client, off(100_000n))).to.deep.equal([]);
    }));

  it('has events of its own, and takes events of others', () =>
    withServer(async (client, server) => {
      server.writeSystemEvent('$metadata');
      server.writeSystemEvent('$statsCollected');
      server.write('foreign', [{ type: 'Bytes', data: new Uint8Array([1, 2]) }]);
      const types: (string | undefined)[] = [];
      for await (const { event } of client.readAll()) types.push(event?.type);
      expect(types.slice(-3)).to.deep.equal(['$metadata', '$statsCollected', 'Bytes']);
      for await (const { event } of client.readStream('foreign'))
        expect(event).to.deep.include({ isJson: false, data: new Uint8Array([1, 2]) });
    }));
});

describe('the protocol server: who may call it', () => {
  it('is found by way of gossip', async () => {
    const server = await startProtocolServer();
    const client = EventStoreDBClient.connectionString(server.discoveryUrl);
    expect(await client.appendToStream('s', tick(0))).to.include({ success: true });
    expect([server.calls('Gossip'), server.calls('GetSupportedMethods')]).to.deep.equal([1, 1]);
    await client.dispose();
    await server.close();
  });

  it('serves TLS to who trusts its certificate, and those who know the password', async () => {
    const server = await startProtocolServer({
      tls: true,
      credentials: { user: 'admin', password: 'change it' },
    });
    const caller = async (
      url: string,
      act: (client: EventStoreDBClient) => Promise<unknown>,
    ): Promise<unknown> => {
      const client = EventStoreDBClient.connectionString(url);
      try {
        return await act(client);
      } finally {
        await client.dispose();
      }
    };
    const append = (client: EventStoreDBClient) => client.appendToStream('s', tick(0));
    expect(await caller(server.url, append)).to.include({ success: true });
    expect(await caller(server.url, (client) => revisions(client, 's'))).to.deep.equal([0]);
    for (const stranger of [
      server.url.replace('change%20it', 'wrong'),
      server.url.replace(/\/\/.*@/, '//'),
    ]) {
      expect(await rejection(caller(stranger, append))).to.include({ type: 'access-denied' });
      expect(await rejection(caller(stranger, (client) => revisions(client, 's')))).to.include({
        type: 'access-denied',
      });
    }
    expect(await rejection(caller(server.url.replace(/&tlsCaFile.*/, ''), append))).to.include({ code: 14 });
    await server.close();
  });
});
