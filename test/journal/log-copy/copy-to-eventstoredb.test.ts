import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import {
  copyToEventStore,
  type CopyPhase,
  type CopyResult,
} from '../../../src/journal/log-copy/copy-to-eventstoredb.ts';
import { CopyRefused } from '../../../src/journal/log-copy/copy-refused.ts';
import { LogMoved, NO_STREAM, type EventLog } from '../../../src/journal/event-log.ts';
import { openEventStore, type EventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openPostgresLog } from '../../../src/journal/postgres-log.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { startProtocolServer, type ProtocolServer } from '../../support/journal/eventstoredb/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { someEvent } from '../contract.ts';
import { expectedRows } from '../../support/journal/following.ts';

describe('copying the journal into EventStoreDB', () => {
  let server: ProtocolServer;
  let database: TestDatabase;
  let sql: Sql;
  let log: EventLog;
  let store: EventStore;

  beforeEach(async () => {
    [server, database] = [await startProtocolServer(), await createTestDatabase()];
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    log = await openPostgresLog(sql);
    store = openEventStore(server.url, { deadlineMs: 1_000 });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
    await server.close();
  });

  /** Streams of all sizes, interleaved; large events too. */
  const fill = async (count: number, name = 's') => {
    for (let n = 0; n < count; n += 10) {
      await Promise.all([
        log.append(
          `${name}-${n}`,
          [someEvent({ n, text: 'ä \u0000 \ud800 😀' }), someEvent({ n }), someEvent({ n })],
          NO_STREAM,
        ),
        log.append(
          `${name}-${n}-more`,
          Array.from({ length: 7 }, (_, index) => someEvent({ index })),
          NO_STREAM,
        ),
      ]);
    }
  };
  const copy = (
    options: {
      signal?: AbortSignal;
      onProgress?: (phase: CopyPhase, done: number, total: number) => void;
    } = {},
  ) => copyToEventStore({ sql, session: database.connect({ max: 1 }), store, ...options });
  const rejection = (work: Promise<unknown>) =>
    work.then(
      () => {
        throw new Error('expected a rejection');
      },
      (error: unknown) => error,
    );
  const journal = async () =>
    (
      await sql`select position, stream, revision, id, type, data::text, metadata::text,
        source_position::text as source from journal order by position`
    ).map((row) => ({ ...row }));
  const kind = async () => (await sql<{ kind: string | null }[]>`select kind from journal_source`)[0]?.kind;
  const expectMoved = async (result: CopyResult | null, events: number) => {
    expect(result).to.include({ events });
    expect(result?.hash).to.match(/^[0-9a-f]{64}$/);
    expect(await kind()).to.equal('eventstoredb');
    expect(await journal()).to.deep.equal(expectedRows(server));
    expect(await journal()).to.have.length(events);
  };

  it('copies every event word for word, in order, neighbours of a stream in one append', async () => {
    await fill(200);
    await log.append('large', [someEvent('x'.repeat(900_000))], NO_STREAM);
    await log.append('large', [someEvent('y'.repeat(900_000))], 0);
    await log.append(
      'long',
      Array.from({ length: 900 }, (_, n) => someEvent({ n })),
      NO_STREAM,
    );
    const before = server.calls('BatchAppend');
    await expectMoved(await copy(), 1_102);
    expect(server.calls('BatchAppend') - before).to.be.below(60);
    expect(await sql`select moved_at, scanned::text from journal_source`).to.deep.equal([
      { moved_at: 1_102, scanned: String(await store.end()) },
    ]);
  });

  it('moves an empty journal, too', async () => {
    await expectMoved(await copy(), 0);
  });

  it('copies what is appended meanwhile, and then refuses appends', async () => {
    await fill(1_500);
    let appended = 1_500;
    let moving = true;
    const writer = (async () => {
      for (let n = 0; moving; n++) {
        await log.append(`meanwhile-${n}`, [someEvent({ n })], NO_STREAM);
        appended += 1;
      }
    })();
    const refused = rejection(writer);
    const result = await copy();
    const error = await refused;
    moving = false;
    expect(error)
      .to.be.instanceOf(LogMoved)
      .and.to.have.property('message', 'the log has moved to EventStoreDB: restart with EVENTSTORE_URL');
    expect(appended).to.be.greaterThan(1_500);
    await expectMoved(result, appended);
  });

  it('continues where it was cut off, and copies nothing twice', async () => {
    await fill(2_000);
    const stop = new AbortController();
    expect(
      await copy({
        signal: stop.signal,
        onProgress: (phase, done) => {
          if (phase === 'write' && done > 700) stop.abort();
        },
      }),
    ).to.equal(null);
    const present = server.events().filter((event) => !event.type.startsWith('$')).length;
    expect(present).to.be.within(700, 1_999);
    expect(await kind()).to.equal(null);
    await fill(10, 'later');
    const result = await copy();
    expect(result?.present).to.equal(present);
    await expectMoved(result, 2_010);
  });

  it('survives a server that is killed in its middle, loses an answer, or freezes for a while', async () => {
    await fill(2_000);
    const faults = [
      () => {
        server.loseNextAppendAnswer();
      },
      async () => {
        await server.stop();
        await server.start();
      },
      () => {
        server.freeze();
        setTimeout(() => {
          server.thaw();
        }, 1_500);
      },
    ];
    let at = 0;
    await expectMoved(
      await copy({
        onProgress: (phase, done) => {
          if (phase !== 'write' || done < at) return;
          at = done + 400;
          void faults.shift()?.();
        },
      }),
      2_000,
    );
    expect(faults).to.have.length(0);
  });

  for (const [what, write] of [
    [
      'an event of another writer',
      () => server.write('foreign', [{ type: 'Foreign', data: { a: 1 }, metadata: someEvent().metadata }]),
    ],
    [
      'an event that is no JSON',
      () => server.write('foreign', [{ type: 'Foreign', data: Buffer.from([1, 2, 3]) }]),
    ],
    [
      'one event less than a part of the journal',
      async () => {
        await copyFirst(2);
        server.scavenge((event) => event.revision === 0n);
      },
    ],
    [
      'another event behind a part of the journal',
      async () => {
        await copyFirst(2);
        server.write('foreign', [{ type: 'Foreign', data: {} }]);
      },
    ],
  ] as const) {
    it(`refuses a server that holds ${what}, before anything is written`, async () => {
      await fill(20);
      await write();
      const before = server.events();
      const error = await rejection(copy());
      expect(error).to.be.instanceOf(CopyRefused);
      expect(String(error)).to.contain("EventStoreDB holds other events than this ledger's");
      expect(server.events()).to.deep.equal(before);
      expect(await kind()).to.equal(null);
      await log.append('still-taken', [someEvent()], NO_STREAM);
    });
  }

  /** Puts the journal's beginning on the server, as an earlier copy would have. */
  const copyFirst = async (count: number) => {
    const events = await sql<
      { stream: string; revision: number; id: string; type: string; data: unknown; metadata: unknown }[]
    >`select * from journal order by position limit ${count}`;
    for (const event of events) server.write(event.stream, [event]);
  };

  it('fails when another writer appends meanwhile; the ledger stays on PostgreSQL', async () => {
    await fill(1_500);
    let done = false;
    const error = await rejection(
      copy({
        onProgress: (phase) => {
          if (phase === 'write' && !done) server.write('foreign', [{ type: 'Foreign', data: {} }]);
          done ||= phase === 'write';
        },
      }),
    );
    expect(error).to.be.instanceOf(CopyRefused);
    expect(await kind()).to.equal(null);
  });

  it('is refused while another copy runs, and once the log has moved', async () => {
    await fill(20);
    const both = await Promise.allSettled([copy(), copy()]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(String(both.find((one) => one.status === 'rejected')?.reason)).to.contain(
      'is being copied already',
    );
    expect(String(await rejection(copy()))).to.contain('are in EventStoreDB already');
  });
});
