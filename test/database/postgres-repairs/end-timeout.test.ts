import { expect } from 'chai';
import { isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { until } from '../../support/runtime/until.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';
import { endBackends, failureOf } from '../../support/database/lost-sessions.ts';

describe('a pool that lost a connection', () => {
  let database: TestDatabase;
  let killer: Sql;
  before(async () => {
    database = await createTestDatabase();
    killer = database.connect({ max: 1 });
  });
  after(() => database.drop());

  const kill = () => endBackends(killer, 'victim');

  it('in the middle of a query: the pool can be ended', async () => {
    const pool = database.connect({ max: 2, applicationName: 'victim' });
    const sleeping = failureOf(pool`select pg_sleep(100)`);
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

  it('the library alone waits for ever', async () => {
    const { stdout } = await libraryAlone(
      database.target,
      `const sql = open({ max: 1 });
      const [{ pid }] = await sql\`select pg_backend_pid() as pid\`;
      const sleeping = sql\`select pg_sleep(60)\`.catch(() => undefined);
      await sleep(100);
      await kill(pid);
      await sleeping;
      say(await Promise.race([sql.end().then(() => 'ended'), sleep(1000, 'waits')]));`,
    );
    expect(stdout).to.equal('waits');
  });
});
