import { finished } from 'node:stream/promises';
import { expect } from 'chai';
import { connect } from '../../../src/database/connection.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';
import { openRelay, type Relay } from '../../support/database/relay.ts';
import { libraryAlone } from '../../support/database/library-alone.ts';

/** Twenty waits for a delayed acknowledgement, of 40 ms at least, take longer. */
const stalledMs = 500;

describe('small batches over TCP', () => {
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

  it('are sent at once', async () => {
    const sql = connect(relay.target, { max: 1 });
    await sql`create temporary table kept (n int)`;
    const start = performance.now();
    for (let n = 0; n < 20; n += 1) {
      const rows = await sql.unsafe('copy kept from stdin').writable();
      rows.end('1\n');
      await finished(rows);
    }
    expect(performance.now() - start).to.be.lessThan(stalledMs);
    await sql.end();
  });

  it('the library alone waits before it sends a small batch', async () => {
    const { stdout } = await libraryAlone(
      relay.target,
      `const { finished } = await import('node:stream/promises');
      const sql = open({ max: 1 });
      await sql\`create temporary table kept (n int)\`;
      const start = performance.now();
      for (let n = 0; n < 20; n += 1) {
        const rows = await sql.unsafe('copy kept from stdin').writable();
        rows.end('1\\n');
        await finished(rows);
      }
      say(String(Math.round(performance.now() - start)));`,
    );
    expect(Number(stdout)).to.be.greaterThan(stalledMs);
  });
});
