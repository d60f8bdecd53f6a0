import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { connect, isConnectionError } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { PatientSocket } from '../../src/database/patient-socket.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { openRelay } from '../support/database/relay.ts';
import { until } from '../support/runtime/until.ts';

describe('a connection whose backend ends', () => {
  let database: TestDatabase;
  let sql: Sql;
  let killer: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect({ max: 2, applicationName: 'victim' });
    killer = database.connect({ max: 1 });
  });
  after(() => database.drop());

  const kill = () =>
    killer`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim' and datname = current_database()`;
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  /**
   * A lost connection may fail the first query of its next life too; every failure says that the database was
   * away.
   */
  async function comesBack() {
    for (let attempt = 0; ; attempt++) {
      const error = await failure(sql`select 1`);
      if (error === undefined) break;
      expect(isConnectionError(error)).to.equal(true);
      expect(attempt).to.be.lessThan(200);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('in the middle of a statement of a transaction: it is rejected, rolled back, and the pool goes on', async () => {
    await sql`create table kept (n int)`;
    for (let round = 0; round < 5; round++) {
      const error = await failure(
        sql.begin(async (tx) => {
          await tx`insert into kept values (1)`;
          const sleeping = tx`select pg_sleep(30)`;
          sleeping.catch(() => undefined);
          await kill();
          await sleeping;
        }),
      );
      expect(isConnectionError(error), String(error)).to.equal(true);
    }
    await comesBack();
    expect(await sql`select count(*)::int as n from kept`).to.deep.equal([{ n: 0 }]);
  });

  it('between two statements of a transaction: the next one is rejected, and the pool goes on', async () => {
    const error = await failure(
      sql.begin(async (tx) => {
        await tx`select 1`;
        await kill();
        await new Promise((resolve) => setImmediate(resolve));
        await tx`select 2`;
      }),
    );
    expect(isConnectionError(error), String(error)).to.equal(true);
    await comesBack();
  });

  for (const ms of [0, 100, 400, 1_000]) {
    it(`in the middle of a transaction whose work is busy elsewhere for ${ms} ms: what it then asks is rejected, and the pool goes on`, async () => {
      let late: Promise<unknown> = Promise.resolve();
      const error = await failure(
        sql.begin(async (tx) => {
          await tx`select 1`;
          await kill();
          late = new Promise((resolve) => setTimeout(resolve, ms)).then(() =>
            Promise.all([tx`select 2`, tx.unsafe(`select '${'x'.repeat(2_000)}'`)]),
          );
          await late;
        }),
      );
      expect(isConnectionError(error), String(error)).to.equal(true);
      expect(isConnectionError(await failure(late)), 'the late statements').to.equal(true);
      await comesBack();
    });
  }

  it('while it is idle: at most a few queries fail, then the pool is back', async () => {
    await Promise.all([sql`select 1`, sql`select 1`]);
    await kill();
    await comesBack();
  });

  it('by a reset, while one query follows another: each is answered or fails, none waits for ever', async () => {
    const relay = await openRelay(sql);
    const pool = connect(relay.target, { max: 2 });
    let waiting = 0;
    const ask = (n: number): void => {
      waiting += 1;
      pool`select ${n}::int as n`
        .then(
          ([row]) => {
            expect(row).to.deep.equal({ n });
          },
          (error: unknown) => {
            expect(isConnectionError(error), String(error)).to.equal(true);
          },
        )
        .finally(() => {
          waiting -= 1;
        });
    };
    for (let round = 0; round < 3; round += 1) {
      await Promise.allSettled([pool`select 1`, pool`select 1`]);
      relay.reset();
      // Around the moment at which the library is told that the socket is closed.
      await new Promise((resolve) => setTimeout(resolve, 220));
      for (
        const end = performance.now() + 60;
        performance.now() < end;
        await new Promise((resolve) => setImmediate(resolve))
      )
        ask(round);
    }
    await until(
      'all queries to be settled',
      () => waiting,
      (count) => count === 0,
    );
    await pool.end();
    await relay.close();
  });

  it('in the middle of a query: the pool can be ended', async () => {
    const pool = database.connect({ max: 2, applicationName: 'victim' });
    const sleeping = failure(pool`select pg_sleep(100)`);
    await until(
      'the query to be under way',
      () =>
        killer`select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
      ({ length }) => length > 0,
    );
    await kill();
    expect(isConnectionError(await sleeping)).to.equal(true);
    await pool.end();
  });

  it('by a reset: its socket says so once more at the moment of its close, for what was asked since', async () => {
    const server = createServer((client) => {
      client.on('error', () => undefined).on('data', () => client.resetAndDestroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const socket = new PatientSocket().connect((server.address() as AddressInfo).port, '127.0.0.1');
    const told: string[] = [];
    const closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
    socket
      .on('error', () => {
        told.push('error');
      })
      .on('close', () => {
        told.push('close');
      });
    socket.write('x');
    await until('the reset', () => told.length);
    // Errors of the reset itself come before the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    const before = told.length;
    await closed;
    server.close();
    expect(told.slice(before)).to.deep.equal(['error', 'close']);
  });
});
