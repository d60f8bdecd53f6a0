import { expect } from 'chai';
import { ConfigError } from '../../../src/config.ts';
import { NO_STREAM } from '../../../src/journal/event-log.ts';
import { journalProbe } from '../../../src/journal/copier/log-probes.ts';
import { WrongSource } from '../../../src/journal/copier/journal-source.ts';
import { LogMismatch } from '../../../src/journal/log-mismatch.ts';
import { openLedger, type OpenLedger } from '../../../src/open-ledger.ts';
import { openJournalAsLog } from '../../../src/open-log.ts';
import { eventStoreLog, testParts } from '../../support/ledger/test-parts.ts';
import type { Probe } from '../../../src/runtime/readiness.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { someEvent } from '../contract.ts';

describe('opening a ledger on one of the two logs', () => {
  let server: ProtocolServer;
  let database: TestDatabase;
  let open: OpenLedger[];
  beforeEach(async () => {
    [server, database, open] = [await startProtocolServer(), await createTestDatabase(), []];
  });
  afterEach(async () => {
    for (const ledger of open) await ledger.close();
    await database.drop();
    await server.close();
  });

  const start = async (
    eventStoreUrl: string | null,
    target = database.target,
    more: Parameters<typeof eventStoreLog>[1] = {},
  ): Promise<OpenLedger> => {
    const openLog = eventStoreUrl === null ? openJournalAsLog : eventStoreLog(eventStoreUrl, more);
    const ledger = await openLedger({ ...testParts(target), openLog });
    open.push(ledger);
    return ledger;
  };
  const stop = async (ledger: OpenLedger) => {
    open.splice(open.indexOf(ledger), 1);
    await ledger.close();
  };
  const refusal = (eventStoreUrl: string | null) =>
    start(eventStoreUrl).then(
      () => {
        throw new Error('it started');
      },
      (error: unknown) => error,
    );
  const ask = async (probes: readonly Probe[]) =>
    Object.fromEntries(await Promise.all(probes.map(async (one) => [one.name, await one.probe()] as const)));

  for (const kind of ['PostgreSQL', 'EventStoreDB'] as const) {
    it(`chooses ${kind} at the first start, and refuses a node that comes with the other`, async () => {
      const [mine, other] = kind === 'PostgreSQL' ? [null, server.url] : [server.url, null];
      const first = await start(mine);
      await start(mine);
      const error = await refusal(other);
      expect(error).to.be.instanceOf(WrongSource);
      expect(String(error)).to.contain(kind === 'PostgreSQL' ? 'log copy --to' : 'set EVENTSTORE_URL');
      await first.log.append('a', [someEvent()], NO_STREAM);
      expect(await refusal(other)).to.be.instanceOf(WrongSource);
    });
  }

  it('uses a journal that was filled before the choice existed as the log', async () => {
    const first = await start(null);
    await first.log.append('a', [someEvent()], NO_STREAM);
    await first.sql`update journal_source set kind = null`;
    await stop(first);
    expect(await refusal(server.url)).to.be.instanceOf(WrongSource);
    await start(null);
  });

  it('chooses nothing when EventStoreDB does not answer', async () => {
    await server.stop();
    expect(await refusal(server.url)).to.have.property('name', 'LogUnavailable');
    await start(null);
  });

  it('builds an empty journal from a filled EventStoreDB, with every position the same', async () => {
    const first = await start(server.url);
    for (let n = 0; n < 5; n++) {
      const { position } = await first.log.append(`s-${n % 2}`, [someEvent({ n })], Math.floor(n / 2) - 1);
      await first.log.journaled(position, 5_000);
    }
    const journal = (ledger: OpenLedger) =>
      ledger.sql`select position, stream, revision, id, source_position from journal order by position`;
    const before = [...(await journal(first))];
    await stop(first);
    const empty = await createTestDatabase();
    try {
      const again = await start(server.url, empty.target);
      expect(await again.log.journaled(await again.log.head(), 5_000)).to.equal(5);
      expect([...(await journal(again))]).to.deep.equal(before);
      await stop(again);
    } finally {
      await empty.drop();
    }
  });

  it('refuses an EventStoreDB that is not the one that the journal was copied from', async () => {
    const first = await start(server.url);
    await first.log.journaled((await first.log.append('a', [someEvent()], NO_STREAM)).position, 5_000);
    await stop(first);
    const another = await startProtocolServer();
    try {
      const error = await refusal(another.url);
      expect(error).to.be.instanceOf(LogMismatch);
      expect(String(error)).to.contain(
        "EventStoreDB is not the one that this ledger's journal was copied from",
      );
    } finally {
      await another.close();
    }
    await start(server.url);
  });

  it('writes nothing into another EventStoreDB in its place, also on a node that does not copy', async () => {
    const first = await start(server.url);
    await first.log.journaled((await first.log.append('a', [someEvent()], NO_STREAM)).position, 5_000);
    await stop(first);
    const errors: unknown[] = [];
    const node = await start(server.url, database.target, {
      copies: false,
      onMismatch: (error) => {
        errors.push(error);
      },
    });
    await node.log.append('b', [someEvent()], NO_STREAM);
    await server.wipe();
    const outcomes = await Promise.allSettled(
      ['c', 'd'].map((stream) => node.log.append(stream, [someEvent()], NO_STREAM)),
    );
    for (const outcome of outcomes)
      expect(outcome).to.have.property('reason').that.is.instanceOf(LogMismatch);
    expect(errors[0]).to.be.instanceOf(LogMismatch);
    expect(server.events().filter(({ type }) => !type.startsWith('$'))).to.deep.equal([]);
  });

  it('continues on a node that does not copy when the same EventStoreDB is back', async () => {
    const node = await start(server.url, database.target, { copies: false });
    await node.log.append('a', [someEvent()], NO_STREAM);
    await server.stop();
    await server.start();
    expect(await node.log.append('a', [someEvent()], 0)).to.have.property('revision', 1);
  });

  it('reports an invalid connection string as invalid configuration, and quotes nothing of it', async () => {
    const error = await refusal('esdb://admin:top:secret@127.0.0.1:2113');
    expect(error).to.be.instanceOf(ConfigError);
    expect(String(error)).to.contain('EVENTSTORE_URL: ').and.to.not.contain('secret');
  });

  it('does not take for copied what a log that was restored has yet to write', async () => {
    const first = await start(server.url);
    await first.log.journaled((await first.log.append('a', [someEvent()], NO_STREAM)).position, 5_000);
    await first.sql`update journal_source set scanned = scanned + 1000`;
    await stop(first);
    const again = await start(server.url);
    const beyond = BigInt(await again.log.head()) + 500n;
    expect(await again.log.journaled(String(beyond), 50)).to.equal(null);
    const { position } = await again.log.append('b', [someEvent()], NO_STREAM);
    expect(await again.log.journaled(position, 5_000)).to.equal(2);
  });

  it('does not report a stopped copier when the log was only quiet', async () => {
    const ledger = await start(server.url);
    await ledger.log.journaled((await ledger.log.append('a', [someEvent()], NO_STREAM)).position, 5_000);
    await ledger.sql`update journal_source set updated_at = now() - interval '1 hour'`;
    const end = BigInt(await ledger.log.head());
    let copied: Promise<unknown> = Promise.resolve();
    // The log has just gone on, and is copied a moment after the probe has looked.
    const goesOn = {
      async end() {
        copied = ledger.sql`select pg_sleep(0.1)`.then(
          () => ledger.sql`update journal_source set scanned = scanned + 9, updated_at = now()`,
        );
        return end + 9n;
      },
    };
    expect(await journalProbe(ledger.sql, goesOn).probe()).to.deep.equal({ status: 'ok', lag_bytes: 9 });
    await copied;
  });

  it('reports the state of both logs: the lag in bytes, and that the events have moved', async () => {
    const following = await start(server.url);
    const { position } = await following.log.append('a', [someEvent()], NO_STREAM);
    await following.log.journaled(position, 5_000);
    expect(await ask(following.probes)).to.deep.equal({
      eventstoredb: {},
      journal: { status: 'ok', lag_bytes: 0 },
    });
    await following.sql`update journal_source
      set scanned = scanned - 7, updated_at = now() - interval '1 minute'`;
    expect(await ask(following.probes)).to.have.deep.property('journal', { status: 'failed', lag_bytes: 7 });
    await following.sql`update journal_source set scanned = scanned + 14`;
    expect(await ask(following.probes)).to.have.deep.property('journal', {
      status: 'failed',
      reason: 'EventStoreDB ends before what was copied from it',
    });
    await stop(following);
    const other = await createTestDatabase();
    try {
      const plain = await start(null, other.target);
      expect(await ask(plain.probes)).to.deep.equal({ journal: {} });
      await plain.sql`update journal_source set kind = 'eventstoredb'`;
      expect((await ask(plain.probes))['journal']).to.have.property('status', 'failed');
      await stop(plain);
    } finally {
      await other.drop();
    }
  });
});
