import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';
import { endBackends, failureOf } from '../../support/database/lost-sessions.ts';

describe('a transaction whose connection has closed', () => {
  let database: TestDatabase;
  let sql: Sql;
  let killer: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect({ max: 2, applicationName: 'victim' });
    killer = database.connect({ max: 1 });
    await sql`create table kept (n int)`;
  });
  after(() => database.drop());

  const kill = () => endBackends(killer, 'victim');

  async function comesBack() {
    for (let attempt = 0; ; attempt++) {
      const error = await failureOf(sql`select 1`);
      if (error === undefined) break;
      expect(isConnectionError(error)).to.equal(true);
      expect(attempt).to.be.lessThan(200);
      await sleep(10);
    }
  }

  for (const ms of [0, 100, 400, 1_000]) {
    it(`in a transaction whose work is busy elsewhere for ${ms} ms: its next query is rejected`, async () => {
      let late: Promise<unknown> = Promise.resolve();
      const error = await failureOf(
        sql.begin(async (tx) => {
          await tx`select 1`;
          await kill();
          late = sleep(ms).then(() =>
            Promise.all([tx`select 2`, tx.unsafe(`select '${'x'.repeat(2_000)}'`)]),
          );
          await late;
        }),
      );
      expect(isConnectionError(error), String(error)).to.equal(true);
      expect(isConnectionError(await failureOf(late)), 'the late statements').to.equal(true);
      await comesBack();
    });
  }

  it('the library alone sends a late statement to the next session', async () => {
    const { stdout } = await libraryAlone(
      database.target,
      `const sql = open({ max: 1 });
      let goOn;
      const busyElsewhere = new Promise((resolve) => { goOn = resolve; });
      let late;
      await sql.begin(async (tx) => {
        const [{ pid }] = await tx\`select pg_backend_pid() as pid\`;
        await kill(pid);
        await busyElsewhere;
        late = tx\`insert into kept values (1)\`;
        await late;
      }).catch(() => undefined);
      while (await sql\`select 1\`.then(() => false, () => true)) await sleep(10);
      goOn();
      await sleep(0);
      await late;
      const [{ kept }] = await killer\`select count(*)::int as kept from kept\`;
      say(String(kept));`,
    );
    expect(stdout).to.equal('1');
  });
});
