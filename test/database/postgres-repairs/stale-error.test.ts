import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { fatalErrorAt } from '../../../src/database/postgres-repairs/stale-error.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { terminateBackends } from '../../support/database/outage.ts';
import { openRelay } from '../../support/database/relay.ts';
import { until } from '../../support/runtime/until.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';

const fatalError = (code: string, severity = 'FATAL', context = '') => {
  const fields = `S${severity}\0VFATAL\0C${code}\0Mterminating connection\0W${context}\0Fpostgres.c\0\0`;
  const message = Buffer.alloc(5 + Buffer.byteLength(fields));
  message.write('E', 'latin1');
  message.writeInt32BE(message.length - 1, 1);
  message.write(fields, 5);
  return message;
};

describe('an error that ends a session', () => {
  it('is found at the end of what was received, in any language, and nowhere else', () => {
    const before = Buffer.from('D....E....VFATAL rows before it', 'latin1');
    expect(fatalErrorAt(Buffer.concat([before, fatalError('57P01')]))).to.equal(before.length);
    expect(fatalErrorAt(fatalError('57P03', 'KATASTROPHE'))).to.equal(0);
    expect(
      fatalErrorAt(
        Buffer.concat([before, fatalError('57P01', 'FATAL', `SQL statement "${'x'.repeat(5_000)}"`)]),
      ),
      'in a function',
    ).to.equal(before.length);
    expect(fatalErrorAt(fatalError('25P03')), 'idle in a transaction').to.equal(0);
    expect(fatalErrorAt(fatalError('28P01')), 'a wrong password is an answer').to.equal(-1);
    expect(
      fatalErrorAt(Buffer.concat([fatalError('57P01'), Buffer.from('Z')])),
      'the session went on',
    ).to.equal(-1);
    expect(fatalErrorAt(Buffer.from('a row that holds \0VFATAL\0C57P01'))).to.equal(-1);
    expect(fatalErrorAt(Buffer.alloc(0))).to.equal(-1);
  });

  describe('to sessions in the middle of a statement', () => {
    let database: TestDatabase;
    let outside: Sql;
    let pool: Sql;
    before(async () => {
      database = await createTestDatabase();
      outside = database.connect({ max: 1 });
      pool = connect(database.target, { max: 8 });
    });
    after(async () => {
      await pool.end();
      await database.drop();
    });

    const statements: Record<string, string> = {
      'a statement': 'select pg_sleep(60)',
      // The error quotes it.
      'a long statement of a function': `do $$ begin perform pg_sleep(60), '${'x'.repeat(3_000)}'; end $$`,
    };
    for (const [what, statement] of Object.entries(statements))
      it(`fails ${what} that was under way, and nothing of the sessions that come after it`, async () => {
        const under = Promise.allSettled(Array.from({ length: 8 }, () => pool.unsafe(statement)));
        await until(
          'eight statements under way',
          () => outside<{ n: number }[]>`
        select count(*) as n from pg_stat_activity where datname = current_database()
          and wait_event = 'PgSleep'`,
          ([held]) => held?.n === 8,
        );
        await terminateBackends(outside);
        expect((await under).every((one) => one.status === 'rejected')).to.equal(true);
        // The first answer shows that the database is back; from then on no session may fail because of the
        // outage.
        await until('an answer of the database', () =>
          pool`select 1`.then(
            () => true,
            () => false,
          ),
        );
        await delay(300);
        const burst = await Promise.allSettled(Array.from({ length: 8 }, () => pool`select pg_sleep(0.05)`));
        expect(
          burst.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'ok')),
        ).to.deep.equal(Array.from({ length: 8 }, () => 'ok'));
      });

    it('fails one query alone, where the connection is lost behind the error', async () => {
      const relay = await openRelay(outside);
      const sql = connect(relay.target, { max: 1 });
      relay.cutBehind((data) => data.includes('no_such_column'));
      const first = await sql`select no_such_column, ${1}::int`.catch((error: unknown) => error);
      expect(first).to.be.instanceOf(Error);
      // Asks again while the connection is lost: the first answer is the first of another session.
      const answer = await until('another session', () =>
        sql`select ${8}::int as n`.catch((error: unknown) => {
          if (!isConnectionError(error)) throw error;
        }),
      );
      expect(answer).to.deep.equal([{ n: 8 }]);
      await sql.end();
      await relay.close();
    });

    it("the library alone fails the next session with the last one's error", async () => {
      const { stdout } = await libraryAlone(
        database.target,
        `const sql = open({ max: 1 });
        const [{ pid }] = await sql\`select pg_backend_pid() as pid\`;
        const sleeping = sql\`select pg_sleep(60)\`.catch(() => undefined);
        await sleep(100);
        await kill(pid);
        await sleeping;
        await sleep(500);
        await sql\`select 1\`.then(() => say('answered'), ({ code }) => say(code));`,
      );
      expect(stdout).to.equal('57P01');
    });
  });
});
