import { expect } from 'chai';
import { finished } from 'node:stream/promises';
import { briefSessions } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { endFrozenSessions } from '../../src/database/end-frozen-sessions.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { until } from '../support/runtime/until.ts';
import { gate } from '../support/runtime/gate.ts';

describe('a session that stands still in the middle of a statement', () => {
  let database: TestDatabase;
  let sql: Sql;
  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await sql`create table kept (id int)`;
  });
  afterEach(() => database.drop());

  /** A session that holds the table, and has sent one part of a statement. */
  async function standStill(applicationName: string): Promise<{ goOn: () => Promise<unknown> }> {
    const own = database.connect({ max: 1, applicationName });
    const { opened, open } = gate();
    const over = own.begin(async (tx) => {
      await tx`lock table kept`;
      const rows = await tx.unsafe('copy kept from stdin').writable();
      rows.on('error', () => undefined);
      await opened;
      rows.end('1\n');
      await finished(rows);
    });
    over.catch(() => undefined);
    await until(
      'a session in the middle of a statement',
      () =>
        sql`select from pg_stat_activity where datname = current_database()
          and application_name = ${applicationName} and wait_event = 'ClientRead' and state = 'active'`,
      ({ length }) => length === 1,
    );
    return {
      goOn: () => {
        open();
        return over;
      },
    };
  }

  /** Queries the table that is held. */
  async function waitForIt(): Promise<{ answered: Promise<unknown> }> {
    const answered = Promise.resolve(database.connect({ max: 1 })`select count(*) as n from kept`);
    answered.catch(() => undefined);
    await until(
      'one that waits',
      () => sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      ({ length }) => length === 1,
    );
    return { answered };
  }

  it('is ended when two checks have found it so, and the queries that it held up continue', async () => {
    await standStill(briefSessions.projections);
    const { answered } = await waitForIt();
    const first = await endFrozenSessions(sql, []);
    expect(first).to.have.nested.property('standing.length', 1);
    expect(first.ended).to.deep.equal([]);
    expect((await endFrozenSessions(sql, first.standing)).ended).to.deep.equal(first.standing);
    expect(await answered).to.deep.equal([{ n: 0 }]);
  });

  it('is left alone while nothing waits for it', async () => {
    const { goOn } = await standStill(briefSessions.projections);
    const first = await endFrozenSessions(sql, []);
    expect(await endFrozenSessions(sql, first.standing)).to.deep.equal({ standing: [], ended: [] });
    await goOn();
    expect(await sql`select count(*) as n from kept`).to.deep.equal([{ n: 1 }]);
  });

  it('is left alone when it is not one of those whose transactions are brief', async () => {
    const { goOn } = await standStill('arcadia-bulk');
    const { answered } = await waitForIt();
    const first = await endFrozenSessions(sql, []);
    expect(await endFrozenSessions(sql, first.standing)).to.deep.equal({ standing: [], ended: [] });
    await goOn();
    expect(await answered).to.deep.equal([{ n: 1 }]);
  });

  it('is left alone when it is in the middle of another one by the second look', async () => {
    const { goOn } = await standStill(briefSessions.projections);
    await waitForIt();
    const {
      standing: [now = ''],
    } = await endFrozenSessions(sql, []);
    const [pid, ...since] = now.split(' ');
    const before = [pid, ...since.slice(0, -2), '2026-06-01', '12:00:00+00'].join(' ');
    expect(await endFrozenSessions(sql, [before])).to.deep.equal({ standing: [now], ended: [] });
    await goOn();
  });
});
