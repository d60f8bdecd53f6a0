import { expect } from 'chai';
import {
  LogBusy,
  LogUnavailable,
  NO_STREAM,
  type Appended,
  type EventLog,
} from '../../../src/journal/event-log.ts';
import { openEventStore, type EventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openEventStoreLog } from '../../../src/journal/eventstoredb/log.ts';
import { until } from '../../support/runtime/until.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { rejection, someEvent } from '../contract.ts';

const journal = { waitFor: async () => null };

describe('more at once than EventStoreDB answers in a moment', () => {
  let server: ProtocolServer;
  let store: EventStore;
  let log: EventLog;
  let longLog: EventLog;
  beforeEach(async () => {
    server = await startProtocolServer();
    store = openEventStore(server.url, { deadlineMs: 1_000 });
    log = openEventStoreLog({ store, id: 'log', journal });
    // For tests that are not about time, and must not fail on a slow machine.
    longLog = openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 60_000 });
    await log.append('first', [someEvent()], NO_STREAM);
  });
  afterEach(async () => {
    await store.close();
    await server.close();
  });
  const appendMany = (count: number, to = log) =>
    Promise.allSettled(
      Array.from({ length: count }, (_, n) => to.append(`s-${n}`, [someEvent()], NO_STREAM)),
    );
  const stored = (name: string) => server.events().filter(({ stream }) => stream === name).length;
  const outcomes = (settled: readonly PromiseSettledResult<Appended>[]) => ({
    stored: settled.flatMap((one, n) => (one.status === 'fulfilled' ? [`s-${n}`] : [])),
    failed: settled.flatMap((one, n) =>
      one.status === 'rejected' ? [{ stream: `s-${n}`, error: one.reason as Error }] : [],
    ),
  });

  describe('appends', () => {
    it('are all stored once, though most wait longer than the server may be silent', async () => {
      server.limitAppends(500);
      const before = server.calls('BatchAppend');
      const { failed } = outcomes(await appendMany(1_500, longLog));
      expect(failed).to.deep.equal([]);
      // If the machine pauses for longer than the server may be silent, pending appends are sent
      // again.
      expect(server.calls('BatchAppend') - before).to.be.within(1_500, 3_000);
      expect(server.events().filter(({ stream }) => stream.startsWith('s-'))).to.have.length(1_500);
      expect(server.mostOpenCalls('BatchAppend')).to.be.within(1, 256);
    });

    it('are waited for one by one: a call goes on as long as it answers others', async () => {
      server.limitAppends(25);
      const before = server.calls('BatchAppend');
      expect(outcomes(await appendMany(40, longLog)).failed).to.deep.equal([]);
      expect(server.calls('BatchAppend') - before).to.be.within(40, 80);
    });

    it('that would wait for too long are refused before they are sent', async () => {
      server.limitAppends(100);
      const { stored: acknowledged, failed } = outcomes(
        await appendMany(500, openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 1_500 })),
      );
      const busy = failed.filter(({ error }) => error instanceof LogBusy);
      const unknown = failed.filter(({ error }) => !(error instanceof LogBusy));
      expect(busy).to.not.have.length(0);
      for (const { error } of busy) expect(String(error)).to.match(/was not sent$/);
      for (const { error } of unknown) {
        expect(error).to.be.instanceOf(LogUnavailable);
        expect(String(error)).to.match(/whether the events are there is unknown$/);
      }
      // What was sent may be stored later than its caller waited; what was not sent is never stored.
      server.limitAppends(Infinity);
      await until('no open call', () => server.openCalls('BatchAppend') === 0);
      expect(busy.filter(({ stream }) => stored(stream) > 0)).to.deep.equal([]);
      expect(acknowledged.filter((stream) => stored(stream) !== 1)).to.deep.equal([]);
    });

    it('behind those that a frozen server does not answer are not sent, and say so', async () => {
      const shortLog = openEventStoreLog({ store, id: 'log', journal, answerWithinMs: 1_000 });
      server.freeze();
      const { failed } = outcomes(await appendMany(300, shortLog));
      expect(failed.filter(({ error }) => error instanceof LogBusy)).to.have.length(44);
      expect(failed).to.have.length(300);
      server.thaw();
    });

    it('of much data wait as well: so many bytes are under way', async () => {
      server.limitAppends(200);
      const large = 'x'.repeat(900_000);
      await Promise.all(
        Array.from({ length: 40 }, (_, n) => longLog.append(`s-${n}`, [someEvent(large)], NO_STREAM)),
      );
      expect(server.mostOpenCalls('BatchAppend')).to.be.within(1, 17);
    });
  });

  describe('reads', () => {
    it('that are not answered are asked again, of a stream and of the end of the log', async () => {
      server.loseNextReads(1);
      expect(await log.read('first')).to.have.length(1);
      server.loseNextReads(2);
      expect(await log.read('first')).to.have.length(1);
      server.loseNextReads(1);
      expect(await log.head()).to.equal(String(server.events().at(-1)?.position));
    });

    it('end when their caller has waited long enough, and not before', async () => {
      server.loseNextReads(Infinity);
      for (const call of [(end: number) => log.read('first', 0, end), (end: number) => log.head(end)]) {
        const end = performance.now() + 1_000;
        expect(await rejection(call(end))).to.be.instanceOf(LogUnavailable);
        // Another try would not have had the time.
        expect(performance.now()).to.be.within(end - 700, end + 5_000);
      }
      server.loseNextReads(0);
    });

    it('take turns', async () => {
      server.delayReads(10);
      await Promise.all(Array.from({ length: 200 }, () => longLog.read('first')));
      expect(server.mostOpenCalls('Read')).to.be.within(1, 64);
    });

    it('of the end of the log are shared by concurrent callers, and never older than the call', async () => {
      const before = server.calls('Read');
      const heads = Array.from({ length: 100 }, () => log.head());
      const { position } = await log.append('second', [someEvent()], NO_STREAM);
      const after = await log.head();
      await Promise.all(heads);
      expect(BigInt(after) >= BigInt(position)).to.equal(true);
      expect(server.calls('Read') - before).to.be.within(1, 4);
    });
  });
});
