import { connect as dial, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep, setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { connect, isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { closeInTwoSteps } from '../../../src/database/postgres-repairs/two-step-close.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { openRelay } from '../../support/database/relay.ts';
import { until } from '../../support/runtime/until.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';
import { endBackends, failureOf } from '../../support/database/lost-sessions.ts';

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

  const kill = () => endBackends(killer, 'victim');

  /**
   * After a lost connection the first query of the new session may fail too; every failure must be a
   * connection error.
   */
  async function comesBack() {
    await until('an answer of the database', async () => {
      const error = await failureOf(sql`select 1`);
      if (error !== undefined) expect(isConnectionError(error)).to.equal(true);
      return error === undefined;
    });
  }

  it("in the middle of a transaction's statement: it is rejected and rolled back", async () => {
    await sql`create table kept (n int)`;
    for (let round = 0; round < 5; round++) {
      const error = await failureOf(
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
    const error = await failureOf(
      sql.begin(async (tx) => {
        await tx`select 1`;
        await kill();
        await nextTurn();
        await tx`select 2`;
      }),
    );
    expect(isConnectionError(error), String(error)).to.equal(true);
    await comesBack();
  });

  it('while it is idle: at most a few queries fail, then the pool is back', async () => {
    await Promise.all([sql`select 1`, sql`select 1`]);
    await kill();
    await comesBack();
  });

  it('by a reset between queries: each is answered or fails, and none waits for ever', async () => {
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
      // Around the moment at which the library learns that the socket is closed.
      await sleep(220);
      for (const end = performance.now() + 60; performance.now() < end; await nextTurn()) ask(round);
    }
    await until(
      'all queries to be settled',
      () => waiting,
      (count) => count === 0,
    );
    await pool.end();
    await relay.close();
  });

  it('by a reset: its socket reports it once more when it closes, for queries sent since', async () => {
    const server = createServer((client) => {
      client.on('error', () => undefined).on('data', () => client.resetAndDestroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const socket = closeInTwoSteps(dial((server.address() as AddressInfo).port, '127.0.0.1'));
    const events: string[] = [];
    const closed = new Promise((resolve) => {
      socket.on('close', resolve);
    });
    socket
      .on('error', () => {
        events.push('error');
      })
      .on('close', () => {
        events.push('close');
      });
    socket.write('x');
    await until('the reset', () => events.length);
    // Errors of the reset itself come before the next turn.
    await nextTurn();
    const before = events.length;
    await closed;
    server.close();
    expect(events.slice(before)).to.deep.equal(['error', 'close']);
  });

  it('the library alone ends the process', async () => {
    const { code, stderr } = await libraryAlone(
      database.target,
      `const sql = open({ max: 1 });
      await sql.begin(async (tx) => {
        const [{ pid }] = await tx\`select pg_backend_pid() as pid\`;
        const sleeping = tx\`select pg_sleep(60)\`;
        sleeping.catch(() => undefined);
        await kill(pid);
        await sleeping;
      }).catch(() => undefined);
      await sleep(500);
      say('alive');`,
    );
    expect(code).to.equal(1);
    expect(stderr).to.include("Cannot read properties of null (reading 'write')");
  });
});
