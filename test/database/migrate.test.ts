import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from '../../src/database/db.ts';
import { migrate, MigrationError, readMigrations, type Migration } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

const migration = (number: number, sql: string): Migration => ({
  number,
  name: `${String(number).padStart(4, '0')}_m.sql`,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});
const one = migration(1, 'create table first (id integer)');
const two = migration(2, 'create table second (id integer); insert into first values (1)');

describe('migrations', () => {
  let database: TestDatabase;
  let sql: Sql;
  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });
  afterEach(() => database.drop());

  const tables = async () =>
    (
      await sql<
        { name: string }[]
      >`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`
    ).map((row) => row.name);
  const failure = async (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it was accepted'),
      (error: unknown) => error as Error,
    );

  it('apply what is pending, in order, and once', async () => {
    expect(await migrate(sql, [one])).to.deep.equal(['0001_m.sql']);
    expect(await migrate(sql, [one, two])).to.deep.equal(['0002_m.sql']);
    expect(await migrate(sql, [one, two])).to.deep.equal([]);
    expect(await tables()).to.deep.equal(['first', 'schema_migrations', 'second']);
  });

  it('let racing starters through one by one: one applies, the others find nothing to do', async () => {
    const starters = await Promise.all(
      [1, 2, 3, 4].map(() => migrate(database.connect({ max: 1 }), [one, two])),
    );
    expect(starters.map((applied) => applied.length).sort()).to.deep.equal([0, 0, 0, 2]);
    expect((await sql`select * from first`).count).to.equal(1);
  });

  it('refuse a file that was changed after it had been applied', async () => {
    await migrate(sql, [one]);
    const error = await failure(migrate(sql, [migration(1, `${one.sql} `), two]));
    expect(error).to.be.instanceOf(MigrationError);
    expect(error.message).to.contain('0001_m.sql').and.to.contain('changed');
    expect(await tables()).to.deep.equal(['first', 'schema_migrations']);
  });

  it('refuse a schema that a newer version has made', async () => {
    await migrate(sql, [one, two]);
    const error = await failure(migrate(sql, [one]));
    expect(error).to.be.instanceOf(MigrationError);
    expect(error.message).to.contain('0002_m.sql').and.to.contain('newer');
  });

  it('leave nothing of a start that fails, not even the files before the one at fault', async () => {
    const broken = migration(2, 'create table second (id integer); insert into nowhere values (1)');
    expect((await failure(migrate(sql, [one, broken]))).message).to.contain('nowhere');
    expect(await tables()).to.deep.equal([]);
    expect(await migrate(sql, [one, two]), 'mended, it applies all').to.have.length(2);
  });

  it('of this build make a schema that starts over as it is', async () => {
    const migrations = await readMigrations(migrationsFolder);
    expect(
      migrations.map((entry) => entry.number),
      'numbered from 1 without gaps',
    ).to.deep.equal(migrations.map((_, index) => index + 1));
    await migrate(sql, migrations);
    expect(await migrate(sql, migrations)).to.deep.equal([]);
  });

  it('are read from files in the order of their numbers, and an odd name is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    try {
      await writeFile(join(folder, '0002_b.sql'), 'select 2');
      await writeFile(join(folder, '0001_a.sql'), 'select 1');
      await writeFile(join(folder, 'notes.txt'), 'not a migration');
      expect(
        (await readMigrations(folder)).map(({ number, name, sql: text }) => [number, name, text]),
      ).to.deep.equal([
        [1, '0001_a.sql', 'select 1'],
        [2, '0002_b.sql', 'select 2'],
      ]);
      await writeFile(join(folder, '3_c.sql'), 'select 3');
      expect(await failure(readMigrations(folder))).to.be.instanceOf(MigrationError);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
