import { expect } from 'chai';
import { isSource, sourceId, sourceKind } from '../../../projections/inventory/source-of.ts';
import type { Sql } from '../../../src/database/db.ts';
import type { Json } from '../../support/http/api.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database/test-database.ts';

const uuid = '5B1C8F1E-0000-4000-8000-00000000000a';

describe('what a backup or snapshot was taken of', () => {
  let database: TestDatabase;
  let sql: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });
  after(async () => {
    await database.drop();
  });

  const of = async (kind: string, attrs: Json): Promise<[string | null, string | null]> => {
    const [row] = await sql<{ kind: string | null; id: string | null }[]>`
      select ${sourceKind(sql)} as kind, ${sourceId(sql)} as id
      from (select ${kind}::text as kind, ${sql.json(attrs)}::jsonb as attrs) r`;
    return [row?.kind ?? null, row?.id ?? null];
  };

  it('is the droplet of a backup, and what the provider says for a snapshot', async () => {
    expect(await of('droplet_backup', { droplet_id: '7' })).to.deep.equal(['droplet', '7']);
    expect(await of('snapshot', { resource_type: 'volume', resource_id: uuid })).to.deep.equal([
      'volume',
      uuid,
    ]);
    expect(await of('snapshot', { resource_type: 'Droplet', resource_id: '7' })).to.deep.equal([
      'droplet',
      '7',
    ]);
    expect(await of('droplet', { droplet_id: '7', resource_id: '7' })).to.deep.equal([null, null]);
  });

  it('shows in the form of the id for a snapshot whose kind of source is not known', async () => {
    for (const resource_type of [undefined, null, ''])
      for (const [resource_id, kind] of [
        ['7', 'droplet'],
        [uuid, 'volume'],
        ['lost', null],
      ])
        expect(await of('snapshot', { resource_type, resource_id }), String(resource_id)).to.deep.equal([
          kind,
          resource_id,
        ]);
    expect(await of('snapshot', {})).to.deep.equal([null, null]);
  });

  it('is of that kind and of that provider: an id may be used twice', async () => {
    const rows = await sql<{ name: string }[]>`
      select s.name from (select 'snapshot' as kind, 'digitalocean' as provider,
          ${sql.json({ resource_id: '7' })}::jsonb as attrs) r
      join (values ('the droplet', 'digitalocean', 'droplet', '7'),
          ('a snapshot', 'digitalocean', 'snapshot', '7'),
          ('a volume', 'digitalocean', 'volume', '7'), ('elsewhere', 'other', 'droplet', '7'))
        as s(name, provider, kind, provider_id) on ${isSource(sql)}`;
    expect(rows.map(({ name }) => name)).to.deep.equal(['the droplet']);
  });
});
