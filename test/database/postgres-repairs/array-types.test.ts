import { expect } from 'chai';
import { connect, isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { openRelay, type Relay } from '../../support/database/relay.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';

async function rejectionOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('It succeeded.'),
    (error: unknown) => error,
  );
}

describe('a session that is lost while it opens', () => {
  let database: TestDatabase;
  let relay: Relay;
  before(async () => {
    database = await createTestDatabase();
    relay = await openRelay(database.connect({ max: 1 }));
  });
  after(async () => {
    await relay.close();
    await database.drop();
  });

  it('ends no process when a session is lost at the first thing that it is asked', async () => {
    for (const ask of [
      (pool: Sql) => pool`select 1 as n`,
      (pool: Sql) => pool.begin((tx) => tx`select 1 as n`),
    ]) {
      const pool = connect(relay.target, { max: 1 });
      try {
        relay.cutNewSessions(2);
        for (let lost = 0; lost < 2; lost += 1)
          expect(isConnectionError(await rejectionOf(ask(pool)))).to.equal(true);
        expect([...(await ask(pool))]).to.deep.equal([{ n: 1 }]);
      } finally {
        await pool.end({ timeout: 1 });
      }
    }
  });

  it('the library alone ends the process', async () => {
    // The socket is reset at the first thing that the new session is asked.
    const { code, stderr } = await libraryAlone(
      relay.target,
      `const socket = ({ host: [host], port: [port] }) => {
        const opened = dial({ host, port });
        const { write } = opened;
        opened.write = (...args) =>
          args[0].includes('pg_type') ? opened.destroy(new Error('reset')) : write.apply(opened, args);
        return opened;
      };
      await open({ max: 1, socket })\`select 1\`.catch(() => undefined);
      await sleep(500);
      say('alive');`,
    );
    expect(code).to.equal(1);
    expect(stderr).to.include('triggerUncaughtException');
  });
});
