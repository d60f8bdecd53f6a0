import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import type { Sql } from '../../src/database/db.ts';
import { LogUnavailable, NO_STREAM, type Appended, type EventLog } from '../../src/journal/event-log.ts';
import { openPostgresLog } from '../../src/journal/postgres-log.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { eventLogContract, someEvent } from './contract.ts';
import { until } from '../support/runtime/until.ts';

async function openEmpty() {
  const database = await createTestDatabase();
  const sql = database.connect();
  await migrate(sql, await readMigrations(migrationsFolder));
  const cutConnections = async () => {
    const killer = database.connect({ max: 1 });
    await killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
      and pid <> pg_backend_pid()`;
    await killer.end();
  };
  return {
    log: await openPostgresLog(sql, database.connect({ max: 1 })),
    sql,
    database,
    cutConnections,
    close: () => database.drop(),
  };
}

eventLogContract('Postgres', openEmpty);

describe('the Postgres log', () => {
  let log: EventLog;
  let sql: Sql;
  let database: TestDatabase;
  before(async () => {
    ({ log, sql, database } = await openEmpty());
  });
  after(() => database.drop());

  it('numbers the journal 1..N without gaps, refused appends leave none', async () => {
    await log.append('a', [someEvent(), someEvent()], NO_STREAM);
    await log.append('a', [someEvent()], NO_STREAM).catch(() => undefined);
    await Promise.allSettled([
      log.append('b', [someEvent()], NO_STREAM),
      log.append('b', [someEvent()], NO_STREAM),
      log.append('c', [someEvent()], 3),
      log.append('c', [someEvent()], NO_STREAM),
    ]);
    const rows = await sql<{ position: number }[]>`select position from journal order by position`;
    expect(rows.map((row) => row.position)).to.deep.equal(rows.map((_, index) => index + 1));
  });

  it('answers each append of a batch, of which some are refused, with its own place', async () => {
    const events = [2, 3, 1, 2].map((count) => Array.from({ length: count }, () => someEvent()));
    const at = [NO_STREAM, NO_STREAM, 4, NO_STREAM];
    await log.append('mixed-1', [someEvent()], NO_STREAM);
    const [first, second, third, fourth] = await Promise.allSettled(
      events.map((each, n) => log.append(`mixed-${n}`, each, at[n] as number)),
    );
    expect(second).to.have.nested.property('reason.actual', 0);
    expect(third).to.have.nested.property('reason.actual', NO_STREAM);
    const rows = await sql<{ id: string; revision: number; position: number }[]>`
      select id, revision, position from journal where stream = any(${['mixed-0', 'mixed-3']}::text[])
      order by position`;
    expect(rows.map(({ id }) => id)).to.deep.equal([0, 3].flatMap((n) => events[n]?.map(({ id }) => id)));
    expect(rows.map(({ revision }) => revision)).to.deep.equal([0, 1, 0, 1]);
    for (const [outcome, row] of [
      [first, rows[1]],
      [fourth, rows[3]],
    ] as const)
      expect(outcome)
        .to.have.property('value')
        .that.deep.equals({ revision: row?.revision, position: String(row?.position) });
  });

  it('lets a node of the release before go on appending, by the function that it knows', async () => {
    const [head, event] = [Number(await log.head()), someEvent()];
    const answers = await sql`select * from journal_append(
      ${'{old,mixed-1}'}::text[], ${'{-1,-1}'}::bigint[], ${'{1,1}'}::integer[], ${'{1,2}'}::integer[],
      ${'{0,0}'}::integer[], ${`{${event.id},${someEvent().id}}`}::uuid[], ${'{A,A}'}::text[], ${'{}\n{}'},
      ${'{}\n{}'}, ${'{2026-04-01,2026-04-01}'}::timestamptz[])`;
    expect([...answers]).to.deep.equal([
      { actual: -1, first_position: head + 1 },
      { actual: 0, first_position: null },
    ]);
    expect(await log.head()).to.equal(String(head + 1));
  });

  it('never reads the whole journal to append, also by a plan made when it was small', async () => {
    const fresh = await openEmpty();
    try {
      const connection = fresh.database.connect({ max: 1 });
      const lone = await openPostgresLog(connection);
      const scanned = async () => {
        await connection`select pg_stat_force_next_flush()`;
        const [row] = await connection<
          { rows: number }[]
        >`select seq_tup_read as rows from pg_stat_user_tables where relname = 'journal'`;
        return row?.rows;
      };
      await lone.append('first', [someEvent()], NO_STREAM);
      await connection`analyze journal`;
      for (let n = 0; n < 10; n++) await lone.append(`early-${n}`, [someEvent()], NO_STREAM);
      await lone.append(
        'many',
        Array.from({ length: 500 }, () => someEvent()),
        NO_STREAM,
      );
      const before = await scanned();
      for (let n = 0; n < 10; n++) await lone.append(`late-${n}`, [someEvent()], NO_STREAM);
      expect(await scanned()).to.equal(before);
    } finally {
      await fresh.close();
    }
  });

  it('fails no append for another one that the database refuses', async () => {
    const used = someEvent();
    await log.append('owner', [used], NO_STREAM);
    const [bad, good] = await Promise.allSettled([
      log.append('thief', [used], NO_STREAM),
      log.append('neighbour', [someEvent()], NO_STREAM),
    ]);
    expect(bad.status).to.equal('rejected');
    expect(String((bad as PromiseRejectedResult).reason)).to.contain('journal_event_id');
    expect(good.status).to.equal('fulfilled');
  });

  describe('with appends under way', () => {
    let held: Sql;
    before(() => {
      held = database.connect({ max: 1 });
    });
    after(() => held.end());

    /**
     * Lets nothing be written until appends of the callers wait; returns in how many transactions they were
     * written then, and what they came to.
     */
    async function whileHeld(
      append: () => Promise<Appended>[],
    ): Promise<{ batches: number; appended: Appended[] }> {
      const head = await log.head();
      await held`select pg_advisory_lock(4711, 1)`;
      const answers = Promise.all(append());
      await until(
        'a batch that waits for the lock',
        () => held`select pid from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
        (waiting) => waiting.length > 0,
      );
      // One more batch would have come by then.
      await delay(100);
      await held`select pg_advisory_unlock(4711, 1)`;
      const appended = await answers;
      const transactions = await held`select distinct xmin::text from journal where position > ${head}`;
      return { batches: transactions.length, appended };
    }

    it('sends those of many callers in two batches, those of few in one, and answers each', async () => {
      for (const [callers, expected] of [
        [8, 1],
        [64, 2],
      ] as const) {
        const { batches, appended } = await whileHeld(() =>
          Array.from({ length: callers }, (_, n) =>
            log.append(`callers-${callers}-${n}`, [someEvent()], NO_STREAM),
          ),
        );
        expect(batches, `${callers} callers`).to.equal(expected);
        const positions = appended.map(({ position }) => Number(position)).sort((a, b) => a - b);
        expect(positions).to.deep.equal(positions.map((_, index) => (positions[0] as number) + index));
      }
    });

    it('sends no second append to a stream before the first is answered', async () => {
      const { batches, appended } = await whileHeld(() =>
        [NO_STREAM, 0, 1].map((at) => log.append('in-order', [someEvent()], at)),
      );
      expect(batches).to.equal(3);
      expect(appended.map(({ revision }) => revision)).to.deep.equal([0, 1, 2]);
    });
  });

  it('keeps the order across writers of several processes: a polling reader skips no event', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(async () => openPostgresLog(database.connect({ max: 1 }))),
    );
    const start = Number(await log.head());
    let writing = true;
    const seen: number[] = [];
    const reader = (async () => {
      let at = start;
      for (;;) {
        const stopped = !writing;
        const rows = await sql<
          { position: number }[]
        >`select position from journal where position > ${at} order by position`;
        for (const row of rows) seen.push(row.position);
        at = rows.at(-1)?.position ?? at;
        if (stopped && rows.length === 0) return;
      }
    })();
    await Promise.all(
      others.flatMap((other, writer) =>
        Array.from({ length: 8 }, async (_, lane) => {
          for (let n = 0; n < 15; n++)
            await other.append(`race-${writer}-${lane}-${n}`, [someEvent(), someEvent()], NO_STREAM);
        }),
      ),
    );
    writing = false;
    await reader;
    expect(seen).to.deep.equal(Array.from({ length: 3 * 8 * 15 * 2 }, (_, index) => start + 1 + index));
  });

  it('reports a lost connection, works again afterwards, and takes a repeated append once', async () => {
    const event = someEvent();
    const held = database.connect({ max: 1 });
    await held`select pg_advisory_lock(4711, 1)`;
    const lost = log.append('lost', [event], NO_STREAM);
    const failed = lost.then(
      () => undefined,
      (error: unknown) => error,
    );
    // The append now waits for the lock; its backend is ended under it.
    await until(
      'an append that waits for the lock',
      () => held`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and pid <> pg_backend_pid() and wait_event_type = 'Lock'`,
      (ended) => ended.length > 0,
    );
    expect(await failed).to.be.instanceOf(LogUnavailable);
    await held`select pg_advisory_unlock(4711, 1)`;
    await held.end();
    expect(await log.read('lost')).to.deep.equal([]);
    expect(await log.append('lost', [event], NO_STREAM)).to.include({ revision: 0 });
    expect(await log.append('lost', [event], NO_STREAM)).to.include({ revision: 0 });
  });
});
