import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type EventLog,
  InvalidAppend,
  LogUnavailable,
  NO_STREAM,
  StreamTombstoned,
  WrongExpectedRevision,
} from '../../../src/journal/event-log.ts';
import { openEventStore, type EventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { until } from '../../support/runtime/until.ts';
import { rejection, someEvent } from '../contract.ts';

const journal = { waitFor: async () => null };

describe('appending to EventStoreDB', () => {
  let server: ProtocolServer;
  let store: EventStore;
  let log: EventLog;
  beforeEach(async () => {
    server = await startProtocolServer();
    store = openEventStore(server.url, { deadlineMs: 300 });
    log = openEventStoreLog({ store, id: 'log', journal, streamPrefix: 'p-', answerWithinMs: 6_000 });
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });
  const stored = (stream: string) => server.events().filter((event) => event.stream === `p-${stream}`);

  describe('4 and 8: idempotency holds under an exact revision only', () => {
    it('sends an append again whose answer was lost, with the same ids, stored once', async () => {
      const events = [someEvent(), someEvent()];
      server.loseNextAppendAnswer();
      expect(await log.append('a', events, NO_STREAM)).to.deep.equal({
        revision: 1,
        position: String(stored('a')[1]?.position),
      });
      server.loseNextAppendAnswer();
      expect(await log.append('a', [someEvent()], 1)).to.include({ revision: 2 });
      expect(stored('a')).to.have.length(3);
      expect(server.calls('BatchAppend')).to.equal(4);
    });

    it('also by a server that was restarted and remembers no ids', async () => {
      const events = [someEvent()];
      const first = await log.append('a', events, NO_STREAM);
      await log.append('a', [someEvent()], 0);
      await server.stop();
      await server.start();
      expect(await log.append('a', events, NO_STREAM)).to.deep.equal(first);
      expect(stored('a')).to.have.length(2);
    });

    it('a lost answer does not hide that another writer was first', async () => {
      server.write('p-a', [{ type: 'Other' }]);
      await server.stop();
      const late = log.append('a', [someEvent()], NO_STREAM);
      await delay(50);
      await server.start();
      expect(await rejection(late))
        .to.be.instanceOf(WrongExpectedRevision)
        .and.include({ actual: 0, expected: NO_STREAM, stream: 'a' });
    });
  });

  describe('5: appends that would "succeed" or be stored twice', () => {
    it('are refused before anything is sent', async () => {
      const event = someEvent();
      for (const events of [[], [event, event], [someEvent('x'.repeat(1_000_000))]])
        expect(await rejection(log.append('a', events, NO_STREAM))).to.be.instanceOf(InvalidAppend);
      expect(server.calls('BatchAppend')).to.equal(0);
    });
  });

  describe('12: a frozen server', () => {
    it('is answered for within the deadline: appends, reads and the head', async () => {
      await log.append('a', [someEvent()], NO_STREAM);
      const shortLog = openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 500 });
      server.freeze();
      for (const call of [
        () => shortLog.append('b', [someEvent()], NO_STREAM),
        () => shortLog.read('a'),
        () => shortLog.head(),
      ]) {
        expect(await rejection(call())).to.be.instanceOf(LogUnavailable);
      }
      server.thaw();
      expect(await log.append('c', [someEvent()], NO_STREAM)).to.include({ revision: 0 });
    });

    it('that goes on within the overall time is not noticed, and stores each append once', async () => {
      const appends = Array.from(
        { length: 50 },
        (_, n) => () => log.append(`s-${n}`, [someEvent()], NO_STREAM),
      );
      await log.append('first', [someEvent()], NO_STREAM);
      server.freeze();
      const answers = Promise.all(appends.map((append) => append()));
      await delay(1_000);
      server.thaw();
      for (const answer of await answers) expect(answer).to.include({ revision: 0 });
      expect(server.events().filter((event) => event.stream.startsWith('p-s-'))).to.have.length(50);
    });
  });

  it('outlives a restart in the middle of appends, with every event once', async () => {
    const writers = Array.from({ length: 20 }, async (_, n) => {
      for (let revision = NO_STREAM; revision < 9; revision++)
        await log.append(`s-${n}`, [someEvent({ revision })], revision);
    });
    await delay(20);
    await server.stop();
    await delay(100);
    await server.start();
    await Promise.all(writers);
    for (let n = 0; n < 20; n++)
      expect(stored(`s-${n}`).map((event) => Number(event.revision))).to.deep.equal([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
  });

  it('goes to the leader when a node says that it is not', async () => {
    server.notLeader(2);
    expect(await log.append('a', [someEvent()], NO_STREAM)).to.include({ revision: 0 });
    expect(stored('a')).to.have.length(1);
  });

  it('says that the log is away when it stays away', async () => {
    const shortLog = openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 300 });
    await server.stop();
    expect(await rejection(shortLog.append('a', [someEvent()], NO_STREAM))).to.be.instanceOf(LogUnavailable);
    expect(await rejection(shortLog.read('a'))).to.be.instanceOf(LogUnavailable);
    await server.start();
  });

  describe('deleted streams', () => {
    it('a soft-deleted stream reads as empty and continues its revision', async () => {
      await log.append('a', [someEvent(), someEvent()], NO_STREAM);
      await store.client.deleteStream('p-a');
      expect(await log.read('a')).to.deep.equal([]);
      const { revision, position } = await log.append('a', [someEvent({ again: true })], NO_STREAM);
      expect(revision).to.equal(2);
      expect((await log.read('a')).map((event) => [event.revision, event.position])).to.deep.equal([
        [2, position],
      ]);
    });

    it('and when the answer to that append is lost, its retry finds it', async () => {
      await log.append('a', [someEvent(), someEvent()], NO_STREAM);
      await store.client.deleteStream('p-a');
      server.loseNextAppendAnswer();
      expect(await log.append('a', [someEvent()], NO_STREAM)).to.include({ revision: 2 });
      expect(await log.read('a')).to.have.length(1);
    });

    it('a tombstoned stream is refused by name', async () => {
      await log.append('a', [someEvent()], NO_STREAM);
      await store.client.tombstoneStream('p-a');
      for (const call of [
        () => log.append('a', [someEvent()], NO_STREAM),
        () => log.append('a', [someEvent()], 0),
        () => log.read('a'),
      ]) {
        const error = await rejection(call());
        expect(error).to.be.instanceOf(StreamTombstoned);
        expect(String(error)).to.contain('p-a').and.to.contain('tombstoned');
      }
    });
  });

  describe('14: the process ends', () => {
    it('by itself once the last connection is closed, after appends, reads and a subscription', async () => {
      const script = `
        import { openEventStore } from './src/journal/eventstoredb/client.ts';
        import { openEventStoreLog } from './src/journal/eventstoredb/log.ts';
        import { followAll } from './src/journal/eventstoredb/follow.ts';
        import { someEvent } from './test/journal/contract.ts';
        const store = openEventStore(process.argv[1]);
        const log = openEventStoreLog({ store, id: 'log', journal: { waitFor: async () => null } });
        await log.append('child', [someEvent()], -1);
        await log.read('child');
        const stopping = new AbortController();
        for await (const batch of followAll(store, { after: null, signal: stopping.signal }))
          if (batch.scanned === await store.end()) break;
        await store.close();
        console.log('closed');
      `;
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '--eval', script, server.url],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let said = '';
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
      });
      const [code] = (await once(child, 'exit')) as [number | null];
      expect({ code, said }).to.deep.equal({ code: 0, said: 'closed\n' });
      expect(server.events().filter((event) => event.stream === 'child')).to.have.length(1);
      await until('no connection', () => server.connections === 0);
    });
  });
});

describe('12: a frozen server whose connection is given up under many appends', () => {
  it('fails nothing but those appends, which are sent again', async () => {
    // The client's own appends end the process here: an append that waits for its call to drain rejects a
    // promise without a handler.
    const unheard: unknown[] = [];
    const note = (reason: unknown) => {
      unheard.push(reason);
    };
    process.on('unhandledRejection', note);
    const server = await startProtocolServer();
    const { warn } = console;
    console.warn = () => undefined;
    const store = openEventStore(`${server.url}&keepAliveInterval=400&keepAliveTimeout=200`, {
      deadlineMs: 5_000,
    });
    try {
      const log = openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 10_000 });
      await log.append('first', [someEvent()], NO_STREAM);
      server.freeze();
      const answers = Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          log.append(`s-${n}`, [someEvent('x'.repeat(100_000))], NO_STREAM),
        ),
      );
      // By then the client has missed an answer to its keep-alive.
      await delay(1_500);
      server.thaw();
      for (const answer of await answers) expect(answer).to.include({ revision: 0 });
      expect(server.events().filter((event) => event.stream.startsWith('s-'))).to.have.length(60);
      expect(unheard).to.deep.equal([]);
    } finally {
      process.removeListener('unhandledRejection', note);
      console.warn = warn;
      await store.close();
      await server.close();
    }
  });
});
