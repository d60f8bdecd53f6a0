import { expect } from 'chai';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  all,
  rejection,
  revisions,
  tick,
  watch,
  withServer,
} from '../../support/journal/eventstoredb/client.ts';
import { startProtocolServer, type DropReason } from '../../support/journal/eventstoredb/index.ts';
import { until } from '../../support/runtime/until.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe('the protocol server: faults', () => {
  it('keeps what it has stored when it is killed; the same client goes on at the first try', () =>
    withServer(async (client, server) => {
      const first = await client.appendToStream('s', tick(0, id(0)), { expectedRevision: 'no_stream' });
      const received = watch(client.subscribeToAll());
      await until('caughtUp', () => received.includes('caughtUp'));
      await server.stop();
      await until(
        'UnavailableError and no open subscription',
        () => received.includes('UnavailableError') && server.openSubscriptions === 0,
      );
      expect(await rejection(client.appendToStream('s', tick(1), { expectedRevision: 0n }))).to.include({
        code: 14,
      });
      await server.start();
      expect(await client.appendToStream('s', tick(1), { expectedRevision: 0n })).to.include({
        nextExpectedRevision: 1n,
      });
      expect(
        await client.appendToStream('s', tick(0, id(0)), { expectedRevision: 'no_stream' }),
        'a repetition under an exact revision',
      ).to.deep.equal(first);
      expect(await revisions(client, 's')).to.deep.equal([0, 1]);
    }));

  it('doubles a repetition under no expected revision after a restart, and only then', () =>
    withServer(async (client, server) => {
      const append = () => client.appendToStream('s', tick(0, id(0)), { expectedRevision: 'any' });
      expect(
        [await append(), await append()].map(({ nextExpectedRevision }) => nextExpectedRevision),
      ).to.deep.equal([0n, 0n]);
      const received = watch(client.subscribeToAll());
      await until('caughtUp', () => received.includes('caughtUp'));
      await server.stop();
      await until('UnavailableError', () => received.includes('UnavailableError'));
      await server.start();
      expect(await append()).to.include({ nextExpectedRevision: 1n });
    }));

  it('answers nothing while it is frozen, and an append that is overdue by then is not stored', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', tick(0));
      server.freeze();
      let answered = false;
      const append = rejection(client.appendToStream('s', tick(1), { deadline: 100 })).finally(() => {
        answered = true;
      });
      expect(await rejection(client.deleteStream('another', { deadline: 150 }))).to.include({
        type: 'deadline-exceeded',
      });
      // The client keeps no deadline for a batched append: the server's answer ends it.
      expect(answered).to.equal(false);
      server.thaw();
      expect(await append).to.include({ type: 'deadline-exceeded' });
      expect(await revisions(client, 's')).to.deep.equal([0]);
    }));

  it('accepts connections while it is frozen, and lets go of those that are given up', () =>
    withServer(async (_, server) => {
      server.freeze();
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      await until('a connection', () => server.connections === 1);
      socket.destroy();
      server.thaw();
      await until('no connection', () => server.connections === 0);
    }));

  it('is thawed by a kill', () =>
    withServer(async (client, server) => {
      server.freeze();
      await server.stop();
      await server.start();
      expect(await client.appendToStream('s', tick(0))).to.include({ success: true });
    }));

  for (const [reason, error] of Object.entries({
    'consumer-too-slow': 'TimeoutError',
    unavailable: 'UnavailableError',
    'not-leader': 'NotLeaderError',
    shutdown: 'UnknownError',
  })) {
    it(`drops subscriptions: ${reason}`, () =>
      withServer(async (client, server) => {
        const live = watch(client.subscribeToAll());
        const ofStream = watch(client.subscribeToStream('none yet'));
        await until(
          'caughtUp and confirmation',
          () => live.includes('caughtUp') && ofStream.includes('confirmation'),
        );
        server.dropSubscriptions(reason as DropReason);
        await until('both to end with the error', () => live.includes(error) && ofStream.includes(error));
        expect(server.openSubscriptions).to.equal(0);
        expect(await client.appendToStream('s', tick(0))).to.include({ success: true });
      }));
  }

  for (const [name, way] of Object.entries({
    batched: {},
    'one by one': { credentials: { username: 'user', password: 'something' } },
  })) {
    it(`loses the answer to an append, which is stored: ${name}`, () =>
      withServer(async (client, server) => {
        server.loseNextAppendAnswer();
        const append = () =>
          client.appendToStream('s', tick(0, id(0)), { expectedRevision: 'no_stream', ...way });
        expect(await rejection(append())).to.include({ type: 'unavailable', code: 14 });
        expect(server.events().filter(({ stream }) => stream === 's')).to.have.length(1);
        expect(await append()).to.include({ nextExpectedRevision: 0n });
        expect(await revisions(client, 's')).to.deep.equal([0]);
      }));

    it(`says that another leads, and where: ${name}`, () =>
      withServer(async (client, server) => {
        const other = await startProtocolServer();
        server.notLeader(1, { host: '127.0.0.1', port: other.port });
        expect(await rejection(client.appendToStream('s', tick(0), way))).to.deep.include({
          type: 'not-leader',
          leader: { address: '127.0.0.1', port: other.port },
        });
        expect(server.events().filter(({ stream }) => stream === 's')).to.deep.equal([]);
        await client.appendToStream('s', tick(0), way);
        expect(
          other.events().filter(({ stream }) => stream === 's'),
          'the client goes to the leader',
        ).to.have.length(1);
        await client.dispose();
        await other.close();
      }));
  }

  it('answers the given number of calls with another leader, to readers too', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', tick(0));
      server.notLeader(2);
      expect(await rejection(revisions(client, 's'))).to.include({ type: 'not-leader' });
      expect(await rejection(all(client))).to.include({ type: 'not-leader' });
      expect(await revisions(client, 's')).to.deep.equal([0]);
    }));

  it('is another server after a wipe: fewer events, and positions of its own', () =>
    withServer(async (client, server) => {
      await client.appendToStream(
        's',
        Array.from({ length: 10 }, (_, n) => tick(n)),
      );
      const { position } = server.events().at(-1)!;
      const early = server.events().find(({ stream }) => stream === 's')!.position;
      const received = watch(client.subscribeToAll());
      await until('caughtUp', () => received.includes('caughtUp'));
      await server.wipe();
      await until('UnavailableError', () => received.includes('UnavailableError'));
      await client.appendToStream('s', [tick(0), tick(1)]);
      expect(server.events().at(-1)!.position < position).to.equal(true);
      expect(await rejection(all(client, { fromPosition: { commit: early, prepare: early } }))).to.include({
        type: 'unknown',
      });
      expect(await all(client)).to.deep.equal(['s@0', 's@1']);
    }));

  it('counts calls and connections', () =>
    withServer(async (client, server) => {
      await client.appendToStream('s', [tick(0)]);
      await client.appendToStream('s', [tick(1)]);
      await revisions(client, 's');
      expect([server.calls('BatchAppend'), server.calls('Append'), server.calls('Read')]).to.deep.equal([
        2, 0, 1,
      ]);
      expect([server.openCalls('BatchAppend'), server.openCalls('Read'), server.connections]).to.deep.equal([
        0, 0, 1,
      ]);
    }));
});
