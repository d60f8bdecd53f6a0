import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { farewellAt } from '../../src/database/patient-socket.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { terminateBackends } from '../support/database/trouble.ts';
import { until } from '../support/runtime/until.ts';

const farewell = (code: string, severity = 'FATAL', context = '') => {
  const fields = `S${severity}\0VFATAL\0C${code}\0Mterminating connection\0W${context}\0Fpostgres.c\0\0`;
  const message = Buffer.alloc(5 + Buffer.byteLength(fields));
  message.write('E', 'latin1');
  message.writeInt32BE(message.length - 1, 1);
  message.write(fields, 5);
  return message;
};

describe("the server's farewell", () => {
  it('is found at the end of what was received, in any language, and nowhere else', () => {
    const before = Buffer.from('D....E....VFATAL rows before it', 'latin1');
    expect(farewellAt(Buffer.concat([before, farewell('57P01')]))).to.equal(before.length);
    expect(farewellAt(farewell('57P03', 'KATASTROPHE'))).to.equal(0);
    expect(
      farewellAt(Buffer.concat([before, farewell('57P01', 'FATAL', `SQL statement "${'x'.repeat(5_000)}"`)])),
      'in a function',
    ).to.equal(before.length);
    expect(farewellAt(farewell('25P03')), 'idle in a transaction').to.equal(0);
    expect(farewellAt(farewell('28P01')), 'a wrong password is an answer').to.equal(-1);
    expect(farewellAt(Buffer.concat([farewell('57P01'), Buffer.from('Z')])), 'the session went on').to.equal(
      -1,
    );
    expect(farewellAt(Buffer.from('a row that holds \0VFATAL\0C57P01'))).to.equal(-1);
    expect(farewellAt(Buffer.alloc(0))).to.equal(-1);
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
      // The farewell quotes it.
      'a long statement of a function': `do $$ begin perform pg_sleep(60), '${'x'.repeat(3_000)}'; end $$`,
    };
    for (const [what, statement] of Object.entries(statements))
      it(`fails ${what} that was under way, and nothing of the sessions that come after it`, async () => {
        const under = Promise.allSettled(Array.from({ length: 8 }, () => pool.unsafe(statement)));
        await until(
          'eight statements under way',
          () => outside<{ n: number }[]>`
        select count(*) as n from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
          ([held]) => held?.n === 8,
        );
        await terminateBackends(outside);
        expect((await under).every((one) => one.status === 'rejected')).to.equal(true);
        // The first answer says that the database is back; from then on no session may hold the past against
        // it.
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
  });
});
