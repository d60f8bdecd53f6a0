import { expect } from 'chai';
import { connect, isConnectionError } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { openRelay, type Relay } from '../../support/database/relay.ts';
import { until } from '../../support/runtime/until.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';
import { failureOf } from '../../support/database/lost-sessions.ts';

describe('answers of one connection', () => {
  let database: TestDatabase;
  let relay: Relay;
  /** A pool of one connection. */
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    relay = await openRelay(database.connect({ max: 1 }));
    sql = connect(relay.target, { max: 1 });
  });
  after(async () => {
    await sql.end();
    await relay.close();
    await database.drop();
  });

  /** Fails at its fourth row. */
  const failing = () => sql`select n, 1 / (4 - n) from generate_series(1, 10) n`;
  /** Asks again while the connection is lost: the first answer is the first of another session. */
  const afterwards = (query: () => Promise<readonly unknown[]>) =>
    until('another session', () =>
      query().catch((error: unknown) => {
        if (!isConnectionError(error)) throw error;
      }),
    );

  it('hold the rows of their own query alone, after one that failed in the middle of its rows', async () => {
    expect(await failureOf(failing())).to.have.property('code', '22012');
    expect([...(await sql`select n from generate_series(1, 2) n`)]).to.deep.equal([{ n: 1 }, { n: 2 }]);
  });

  it('hold them also where the next query was sent before the failure, and has no row count', async () => {
    const failed = failureOf(failing());
    const [shown, several] = await Promise.all([
      sql`show server_encoding`,
      sql.unsafe('select 1 as a; select 2 as b, 3 as c'),
    ]);
    expect(await failed).to.have.property('code', '22012');
    expect([...shown]).to.deep.equal([{ server_encoding: 'UTF8' }]);
    expect(JSON.stringify(several)).to.equal('[[{"a":1}],[{"b":2,"c":3}]]');
    expect(await failureOf(failing())).to.have.property('code', '22012');
    expect(JSON.stringify(await sql.unsafe('select 1 as a; select 2 as b'))).to.equal(
      '[[{"a":1}],[{"b":2}]]',
    );
  });

  it('hold them after a connection was lost in the middle of rows', async () => {
    relay.cutBehind((data) => data.includes('row 1000 '));
    expect(
      isConnectionError(
        await failureOf(sql`select 'row ' || n || ' ' as t from generate_series(1, 100000) n`),
      ),
    ).to.equal(true);
    expect(await afterwards(() => sql`select ${7}::int as n`)).to.deep.equal([{ n: 7 }]);
  });

  it('the library alone leaves holes before the rows', async () => {
    const { stdout } = await libraryAlone(
      database.target,
      `const sql = open({ max: 1 });
      await sql\`select 1 / (4 - n) from generate_series(1, 10) n\`.catch(() => undefined);
      const rows = await sql\`select n from generate_series(1, 2) n\`;
      say(0 in rows ? 'whole' : 'holes');`,
    );
    expect(stdout).to.equal('holes');
  });
});
