import { expect } from 'chai';
import { projections } from '../../projections/index.ts';
import type { Sql } from '../../src/database/db.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { defineProjection, defineTable } from '../../src/read-models/projection.ts';
import { definitionOf, dropAbandoned, ensureReadModels } from '../../src/read-models/define-tables.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

const version = (n: number, more: Record<string, 'text'> = {}) => {
  const model = { name: 'shelf', version: n };
  return defineProjection(
    model,
    [
      defineTable(model, {
        name: 'books',
        columns: { code: 'text', order: 'bigint?', ...more },
        key: ['code'],
        indexes: [['order', 'code']],
      }),
    ],
    {},
  );
};

describe('read-model schemas', () => {
  let database: TestDatabase;
  let sql: Sql;
  beforeEach(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
  });
  afterEach(() => database.drop());

  const checkpoints = async () => [
    ...(await sql`select name, version, position, status from projection_checkpoints order by name, version`),
  ];

  it("are made with their keys, indexes and a checkpoint at the journal's beginning", async () => {
    await ensureReadModels(sql, [version(1)]);
    expect(await checkpoints()).to.deep.equal([{ name: 'shelf', version: 1, position: 0, status: 'live' }]);
    const columns = await sql`select column_name as name, data_type as type, is_nullable = 'YES' as optional,
        collation_name as collation from information_schema.columns where table_schema = 'rm_shelf_v1'
        order by ordinal_position`;
    expect([...columns]).to.deep.equal([
      { name: 'code', type: 'text', optional: false, collation: 'C' },
      { name: 'order', type: 'bigint', optional: true, collation: null },
    ]);
    const indexes = await sql<
      { definition: string }[]
    >`select indexdef as definition from pg_indexes where schemaname = 'rm_shelf_v1' order by 1`;
    expect(indexes.map(({ definition }) => definition.replace(/.* USING /, ''))).to.deep.equal([
      'btree ("order", code)',
      'btree (code)',
    ]);
  });

  it('are left alone when they are there', async () => {
    await ensureReadModels(sql, [version(1)]);
    await sql`insert into rm_shelf_v1.books values ('a', 1)`;
    await sql`update projection_checkpoints set position = 7`;
    await ensureReadModels(sql, [version(1)]);
    expect((await sql`select * from rm_shelf_v1.books`).count).to.equal(1);
    expect(await checkpoints()).to.deep.equal([{ name: 'shelf', version: 1, position: 7, status: 'live' }]);
  });

  it('are refused when they changed and their version did not', async () => {
    await ensureReadModels(sql, [version(1)]);
    const error = await ensureReadModels(sql, [version(1, { isbn: 'text' })]).then(
      () => null,
      (failure: unknown) => failure as Error,
    );
    expect(error?.message).to.contain('shelf').and.to.contain('raise its version');
  });

  it('of a new version are built beside the old, which keeps its rows', async () => {
    await ensureReadModels(sql, [version(1)]);
    await sql`insert into rm_shelf_v1.books values ('a', 1)`;
    await sql`update projection_checkpoints set position = 7`;
    await ensureReadModels(sql, [version(2, { isbn: 'text' })]);
    expect(await checkpoints()).to.deep.equal([
      { name: 'shelf', version: 1, position: 7, status: 'live' },
      { name: 'shelf', version: 2, position: 0, status: 'live' },
    ]);
    expect((await sql`select * from rm_shelf_v1.books`).count).to.equal(1);
    expect((await sql`select * from rm_shelf_v2.books`).count).to.equal(0);
  });

  it('of another release are dropped when they were not fed for a day with new events', async () => {
    await ensureReadModels(sql, [version(1)]);
    await ensureReadModels(sql, [version(2, { isbn: 'text' })]);
    const own = [version(2, { isbn: 'text' })];
    expect(await dropAbandoned(sql, own), 'an empty journal').to.deep.equal([]);
    await sql`insert into journal (position, stream, revision, id, type, data, metadata, recorded_at)
      values (1, 's', 0, gen_random_uuid(), 'T', '{}', '{}', now())`;
    expect(await dropAbandoned(sql, own), 'fed a moment ago').to.deep.equal([]);
    await sql`update projection_checkpoints set updated_at = now() - interval '25 hours', position = 1`;
    expect(await dropAbandoned(sql, own), 'at the end').to.deep.equal([]);
    await sql`update projection_checkpoints set position = 0`;
    expect(await dropAbandoned(sql, own)).to.deep.equal(['rm_shelf_v1']);
    expect((await checkpoints()).map((row) => row['version'])).to.deep.equal([2]);
    expect((await sql`select from pg_namespace where nspname = 'rm_shelf_v1'`).count).to.equal(0);
  });

  it('are made once by racing starters', async () => {
    await Promise.all([1, 2, 3].map(() => ensureReadModels(database.connect({ max: 1 }), [version(1)])));
    expect(await checkpoints()).to.have.length(1);
  });

  it('leave nothing when one of them cannot be made', async () => {
    const model = { name: 'broken', version: 1 };
    const broken = defineProjection(
      model,
      [defineTable(model, { name: 'rows', columns: { code: 'no_such_type' as 'text' }, key: ['code'] })],
      {},
    );
    const error = await ensureReadModels(sql, [version(1), broken]).then(
      () => null,
      (failure: unknown) => failure as Error,
    );
    expect(error?.message).to.contain('no_such_type');
    expect(await checkpoints()).to.deep.equal([]);
    expect(
      (await sql`select 1 from information_schema.schemata where schema_name like 'rm_%'`).count,
    ).to.equal(0);
  });

  it('of this build have names that fit Postgres, and none is defined twice', async () => {
    const names = projections.flatMap((projection) =>
      projection.tables.flatMap((table) => [
        table.ref,
        ...table.indexes.map((columns) => `${table.schema}.${table.name}_${columns.join('_')}`),
      ]),
    );
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(Buffer.byteLength(name.split('.')[1] as string), name).to.be.at.most(63);
    for (const projection of projections) {
      for (const table of projection.tables) expect(table.schema, table.name).to.equal(projection.schema);
      expect(definitionOf(projection)[0]).to.equal(
        `create schema if not exists "rm_${projection.name}_v${projection.version}"`,
      );
    }
  });
});
