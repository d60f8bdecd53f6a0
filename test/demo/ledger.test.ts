import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freshLedger, keptLedger, type DemoLedger } from '../../demo/ledger.ts';
import { connect } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { fillJournal } from '../support/journal/journal-rows.ts';

describe('the ledger of a demo or a sandbox', () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'arcadia-stage-'));
    // The server's own user must be able to enter, so that its data is in here and removed with it.
    await chmod(data, 0o755);
  });
  after(async () => {
    await rm(data, { recursive: true, force: true });
  });

  const demo = 'arcadia-cloud demo';
  const sandbox = 'arcadia-cloud sandbox';

  async function on<T>({ target }: Pick<DemoLedger, 'target'>, work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = connect(target, { max: 1 });
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  }
  const fill = (ledger: Pick<DemoLedger, 'target'>) =>
    on(ledger, async (sql) => {
      await migrate(sql, await readMigrations(migrationsFolder));
      await fillJournal(sql, 10, 10);
    });
  const isEmpty = (ledger: Pick<DemoLedger, 'target'>) =>
    on(ledger, async (sql) => (await sql`select to_regclass('journal') as name`)[0]?.['name'] === null);
  /** The ledger that a command finds there. */
  const events = async (): Promise<number> => {
    const server = await startEmbeddedPostgres({ dataDir: join(data, 'postgres') });
    try {
      return await on(server, async (sql) => (await sql`select 1 from journal`).length);
    } finally {
      await server.stop();
    }
  };

  it('is opened by every command, stays afterwards, and is replaced by the next demo', async () => {
    const first = await freshLedger(data, demo);
    expect([first.temporaryBecause, await isEmpty(first)]).to.deep.equal([null, true]);
    await fill(first);
    expect(await events()).to.equal(10);
    await first.leave();
    expect(await events()).to.equal(10);
    const second = await freshLedger(data, demo);
    expect([second.temporaryBecause, await isEmpty(second)]).to.deep.equal([null, true]);
    await fill(second);
    await second.leave();
    await second.leave();
  });

  it('is not replaced while in use: another demo has its own, which it removes at its end', async () => {
    const holder = await keptLedger(data, demo);
    const beside = await freshLedger(data, demo);
    expect(beside.temporaryBecause).to.equal('the ledger in this directory is in use');
    expect(await isEmpty(beside)).to.equal(true);
    await fill(beside);
    await beside.leave();
    expect(await events()).to.equal(10);
    await holder?.leave();
  });

  it('is never a folder with other content', async () => {
    expect(await keptLedger(data, sandbox)).to.equal(null);
    const beside = await freshLedger(data, sandbox);
    expect(beside.temporaryBecause).to.equal("the ledger in this directory is no sandbox's");
    await beside.leave();
    expect(await events()).to.equal(10);
  });
});
