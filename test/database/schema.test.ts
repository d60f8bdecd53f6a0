import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { ensureReadModels } from '../../src/read-models/define-tables.ts';
import { dumpSchema } from '../support/database/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

const file = fileURLToPath(new URL('../golden/schema.sql', import.meta.url));

const howToUpdate =
  'A change of the schema needs a new migration, or a new version of the read model. ' +
  'If it has one, write the golden file anew with UPDATE_GOLDEN=1.';

describe('the schema of a migrated database with its read models', () => {
  let database: TestDatabase;
  let schema: string;
  before(async () => {
    database = await createTestDatabase();
    const sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
    schema = await dumpSchema(sql);
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, schema);
  });
  after(() => database.drop());

  it('is that of the golden file', async () => {
    expect(schema.split('\n'), howToUpdate).to.deep.equal((await readFile(file, 'utf8')).split('\n'));
  });

  it('names every table of every read model', () => {
    for (const { schema: name, tables } of projections)
      for (const table of tables)
        expect(schema).to.contain(`create table ${name.replace(/_v\d+$/, '_v')}.${table.name} (`);
  });
});
