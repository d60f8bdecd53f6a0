import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import type { Sql } from '../../src/database/db.ts';
import { openJobs } from '../../src/open-jobs.ts';
import { openLedger } from '../../src/open-ledger.ts';
import { openService } from '../../src/open-service.ts';
import { masterKeyFile } from '../../src/personal/master-key.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { testParts } from '../support/ledger/test-parts.ts';

const place = { stream: 'customer-1', type: 'CustomerProfileSet' };

describe('a start with the master key of personal data', () => {
  let database: TestDatabase;
  let folder: string;
  const parts = (name: string) => ({
    ...testParts(database.target),
    masterKey: masterKeyFile(join(folder, name)),
  });
  const refusal = (open: Promise<{ close(drainMs: number): Promise<void> }>) =>
    open.then(
      async (opened) => {
        await opened.close(0);
        return 'opened';
      },
      (error: unknown) => explainFailure(error),
    );
  /** What a start would write first: the migrations, here of another release. */
  const migrated = (sql: Sql) => sql`select from schema_migrations where number = 10`;

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'arcadia-start-'));
  });

  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('needs no key before there are personal data, and makes none', async () => {
    for (const name of ['one', 'two']) {
      expect(await refusal(openService(parts(name)))).to.equal('opened');
      expect(await parts(name).masterKey.find()).to.equal(null);
    }
  });

  it('is refused for a lost and for another key, with one message, before anything is written', async () => {
    const service = await openService(parts('one'));
    await service.processDeps.personal.seal('acme', place, { legal_name: 'Acme' });
    await service.close();
    await parts('two').masterKey.findOrMake();
    const sql = database.connect();
    await sql`delete from schema_migrations where number = 10`;
    for (const open of [openService, openJobs]) {
      expect(await refusal(open(parts('lost')))).to.match(
        /^The master key of personal data is lost: [^\n]+$/,
      );
      expect(await refusal(open(parts('two')))).to.match(
        /^The master key of personal data is not the one that this database was written with: [^\n]+$/,
      );
    }
    expect(await migrated(sql)).to.have.length(0);
    expect(await parts('lost').masterKey.find()).to.equal(null);
  });

  it('goes on with the right key, and without any for commands that read no personal data', async () => {
    const sql = database.connect();
    await sql`drop table personal_keys`;
    expect(await refusal(openService(parts('one')))).to.equal('opened');
    const service = await openService(parts('one'));
    await service.processDeps.personal.seal('acme', place, { legal_name: 'Acme' });
    await service.close();
    expect(await refusal(openService(parts('one')))).to.equal('opened');
    expect(await refusal(openLedger(parts('lost')))).to.equal('opened');
  });

  it('needs no key any more once every data key is destroyed', async () => {
    const service = await openService(parts('one'));
    const { personal } = service.processDeps;
    await personal.destroy(await personal.keysOf('acme'));
    await service.close();
    expect(await refusal(openService(parts('two')))).to.equal('opened');
  });
});
