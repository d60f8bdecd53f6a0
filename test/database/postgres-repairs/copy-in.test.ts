import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { copyIn } from '../../../src/database/postgres-repairs/copy-in.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

describe('a copy into a table', () => {
  let database: TestDatabase;
  let sql: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect({ max: 1 });
    await sql`create table copied (n integer)`;
  });
  after(() => database.drop());

  const copy = (chunks: string[]) => sql.begin((tx) => copyIn(tx, 'copy copied from stdin', chunks));

  it('has all rows, however they are cut', async () => {
    await copy(['1\n2', '2\n', '3\n']);
    expect(await sql`select n from copied order by n`).to.deep.equal([{ n: 1 }, { n: 3 }, { n: 22 }]);
  });

  it('that is refused after its last row fails, and its connection goes on', async () => {
    const before = (await sql`select from copied`).length;
    const refused = await copy(['4\n', 'five\n']).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
    expect(await sql`select from copied`).to.have.length(before);
  });

  it('the library alone never ends a copy that is refused after its last row', async () => {
    const { stdout } = await libraryAlone(
      database.target,
      `
      const sql = open({ max: 1 });
      const copying = sql.begin(async (tx) => {
        const target = await tx.unsafe('copy copied from stdin').writable();
        target.on('error', () => undefined);
        const closed = new Promise((resolve) => target.once('close', resolve).once('finish', resolve));
        target.end('six\\n');
        await closed;
        return 'ended';
      }).catch(() => 'failed');
      say(await Promise.race([copying, sleep(1_000, 'waits')]));`,
    );
    expect(stdout).to.equal('waits');
  });
});
