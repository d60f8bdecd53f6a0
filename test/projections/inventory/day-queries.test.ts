import { expect } from 'chai';
import { resourceIdOf } from '../../../src/ledger/resource-id.ts';
import type { JsonObject } from '../../../src/runtime/json.ts';
import { attributionOnDay } from '../../../projections/inventory/attribution-queries.ts';
import { matchCandidates } from '../../../projections/inventory/match-queries.ts';
import { tiedResourcesOnDay } from '../../../projections/inventory/metering-queries.ts';
import { inventory } from '../../../projections/inventory/inventory.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import type { Sql } from '../../../src/database/db.ts';
import { applyOps, recorded } from '../../support/projections/projection-spec.ts';
import { createTestDatabase } from '../../support/database/test-database.ts';
import type { TestDatabase } from '../../support/database/test-database.ts';
import { definitionOf } from '../../../src/read-models/define-tables.ts';

const kind = 'snapshot';
const idOf = (provider_id: string) => resourceIdOf(kind, provider_id);

const seen = (
  provider_id: string,
  at: string,
  more: {
    name?: string;
    status?: string;
    size?: string;
    created_at?: string | null;
    attrs?: JsonObject;
  } = {},
) => ({
  resource_id: idOf(provider_id),
  kind,
  name: more.name ?? provider_id,
  region: null,
  size_slug: null,
  status: more.status ?? 'active',
  created_at: more.created_at ?? null,
  attrs: { size_gigabytes: more.size ?? '4.50' },
  sweep_id: at,
  observed_at: at,
});
const discover = (provider_id: string, at: string, more: Parameters<typeof seen>[2] = {}): LedgerEvent => ({
  type: 'ResourceDiscovered',
  data: {
    ...seen(provider_id, at, more),
    provider: 'digitalocean',
    provider_id,
    placeholder: false,
    tenant_id: 'skyai-internal',
  },
});
const change = (
  provider_id: string,
  at: string,
  fields: string[],
  more: Parameters<typeof seen>[2] = {},
): LedgerEvent => ({
  type: 'ResourceChanged',
  data: { ...seen(provider_id, at, more), changed: fields },
});
const tie = (
  provider_id: string,
  deployment_id: string,
  tenant_id: string,
  effective_from: string,
): LedgerEvent => ({
  type: 'ResourceTied',
  data: { resource_id: idOf(provider_id), deployment_id, tenant_id, effective_from },
});
const untie = (
  provider_id: string,
  deployment_id: string,
  tenant_id: string,
  effective_from: string,
  effective_to: string,
): LedgerEvent => ({
  type: 'ResourceUntied',
  data: {
    resource_id: idOf(provider_id),
    deployment_id,
    tenant_id,
    effective_from,
    effective_to,
    reason: 'requested',
  },
});
const vanish = (provider_id: string, at: string, last_seen_at: string): LedgerEvent[] => [
  {
    type: 'ResourceMissed',
    data: {
      resource_id: idOf(provider_id),
      kind,
      missed_syncs: 1,
      sweep_id: `${at}1`,
      observed_at: at,
      sweep_ended_at: at,
      last_seen_at,
    },
  },
  {
    type: 'ResourceWentStale',
    data: {
      resource_id: idOf(provider_id),
      kind,
      missed_syncs: 3,
      sweep_id: `${at}3`,
      observed_at: at,
      sweep_ended_at: at,
      last_seen_at,
    },
  },
];
const own = (provider_id: string, tenant_id: string): LedgerEvent => ({
  type: 'ResourceAttributed',
  data: { resource_id: idOf(provider_id), cloud_project_id: 'p', tenant_id },
});

/** Writes the rows that the events define into real tables. */
async function fill(
  sql: Sql,
  events: readonly (LedgerEvent | [recorded_at: string, LedgerEvent])[],
): Promise<void> {
  for (const table of inventory.tables) await sql.unsafe(`truncate ${table.ref}`);
  const tables = new Map<string, Map<string, Record<string, unknown>>>();
  events.forEach((entry, index) => {
    const [recorded_at, event] = Array.isArray(entry) ? entry : ['2026-05-01T00:00:00.000Z', entry];
    const full = recorded(event, { position: index + 1, recorded_at });
    const handler = inventory.on[full.type] as
      | ((event: typeof full) => Parameters<typeof applyOps>[1][number] | Parameters<typeof applyOps>[1])
      | undefined;
    if (handler !== undefined) applyOps(tables, [handler(full)].flat());
  });
  for (const [ref, rows] of tables) {
    for (const row of rows.values()) await sql`insert into ${sql(ref)} ${sql(row as Record<string, never>)}`;
  }
}

describe('inventory on a day', () => {
  let database: TestDatabase;
  let sql: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    for (const statement of definitionOf(inventory)) await sql.unsafe(statement);
  });
  after(async () => {
    await database.drop();
  });

  describe('tiedResourcesOnDay', () => {
    const on = async (day: string, deployments?: string[]) =>
      (await tiedResourcesOnDay(sql, day, deployments)).map((row) => [
        row.deployment_id,
        row.name,
        row.status,
        row.size_gb,
      ]);

    it('attributes a day to the tenant that holds the resource at its end', async () => {
      await fill(sql, [
        discover('s', '2026-04-01T00:00:00Z'),
        tie('s', 'd1', 'acme', '2026-04-02'),
        untie('s', 'd1', 'acme', '2026-04-02', '2026-04-05'),
        tie('s', 'd2', 'other', '2026-04-05'),
      ]);
      expect(await on('2026-04-01')).to.deep.equal([]);
      expect(await on('2026-04-02')).to.deep.equal([['d1', 's', 'active', '4.5']]);
      expect(await on('2026-04-04')).to.deep.equal([['d1', 's', 'active', '4.5']]);
      expect(await on('2026-04-05')).to.deep.equal([['d2', 's', 'active', '4.5']]);
      expect(await on('2026-04-05', ['d1'])).to.deep.equal([]);
      expect(await on('2026-04-05', ['d1', 'd2'])).to.have.length(1);
    });

    it("takes the state at the day's end, the last of that instant", async () => {
      await fill(sql, [
        discover('s', '2026-04-01T10:00:00Z'),
        tie('s', 'd1', 'acme', '2026-04-01'),
        change('s', '2026-04-02T23:59:59.999Z', ['status'], { status: 'off' }),
        change('s', '2026-04-03T00:00:00Z', ['attrs.size_gigabytes'], { status: 'off', size: '10' }),
        change('s', '2026-04-03T00:00:00Z', ['attrs.size_gigabytes'], { status: 'off', size: '20' }),
      ]);
      expect(await on('2026-04-01')).to.deep.equal([['d1', 's', 'active', '4.5']]);
      expect(await on('2026-04-02')).to.deep.equal([['d1', 's', 'off', '4.5']]);
      expect(await on('2026-04-03')).to.deep.equal([['d1', 's', 'off', '20']]);
    });

    it('reaches back before the first sighting as far as the resource existed', async () => {
      await fill(sql, [
        discover('dated', '2026-05-09T10:00:00Z', { created_at: '2026-04-10T22:00:00Z' }),
        tie('dated', 'd1', 'acme', '2026-04-01'),
        discover('undated', '2026-05-09T10:00:00Z'),
        tie('undated', 'd1', 'acme', '2026-04-05'),
        change('undated', '2026-05-10T10:00:00Z', ['name'], { name: 'renamed' }),
      ]);
      expect(await on('2026-04-04')).to.deep.equal([]);
      expect(await on('2026-04-09')).to.deep.equal([['d1', 'undated', 'active', '4.5']]);
      expect((await on('2026-04-10')).map(([, name]) => name)).to.have.members(['dated', 'undated']);
      expect((await on('2026-05-10')).map(([, name]) => name)).to.have.members(['dated', 'renamed']);
    });

    it('leaves out what is gone, until it returns', async () => {
      await fill(sql, [
        discover('s', '2026-04-01T10:00:00Z'),
        tie('s', 'd1', 'acme', '2026-04-01'),
        ...vanish('s', '2026-04-03T10:00:00Z', '2026-04-03T09:00:00Z'),
        { type: 'ResourceReturned', data: { ...seen('s', '2026-04-05T10:00:00Z'), was_stale: true } },
      ]);
      expect(await on('2026-04-02')).to.have.length(1);
      expect(await on('2026-04-03')).to.have.length(0);
      expect(await on('2026-04-04')).to.have.length(0);
      expect(await on('2026-04-05')).to.have.length(1);
    });

    it('leaves out ties without days', async () => {
      await fill(sql, [
        discover('s', '2026-04-01T00:00:00Z'),
        tie('s', 'd1', 'acme', '2026-04-02'),
        untie('s', 'd1', 'acme', '2026-04-02', '2026-04-02'),
      ]);
      expect(await on('2026-04-02')).to.deep.equal([]);
    });
  });

  it('attributes a day to the tie in force, else to the owner then, else to the first owner', async () => {
    await fill(sql, [
      ['2026-05-01T10:00:00.000Z', discover('s', '2026-05-01T10:00:00Z')],
      ['2026-05-02T10:00:00.000Z', own('s', 'acme')],
      ['2026-05-03T10:00:00.000Z', own('s', 'other')],
      ['2026-05-04T10:00:00.000Z', tie('s', 'd1', 'third', '2026-05-06')],
      ['2026-05-01T10:00:00.000Z', discover('unplaced', '2026-05-01T10:00:00Z')],
    ]);
    const days = ['2026-04-30', '2026-05-01', '2026-05-02', '2026-05-05', '2026-05-06'];
    const rows = await attributionOnDay(
      sql,
      [...days, '2026-05-06'].map((day) => ({ resource_id: idOf('s'), day })),
    );
    expect(rows).to.deep.equal([
      { resource_id: idOf('s'), day: '2026-04-30', deployment_id: null, tenant_id: 'acme' },
      { resource_id: idOf('s'), day: '2026-05-01', deployment_id: null, tenant_id: 'skyai-internal' },
      { resource_id: idOf('s'), day: '2026-05-02', deployment_id: null, tenant_id: 'acme' },
      { resource_id: idOf('s'), day: '2026-05-05', deployment_id: null, tenant_id: 'other' },
      { resource_id: idOf('s'), day: '2026-05-06', deployment_id: 'd1', tenant_id: 'third' },
    ]);
    expect(
      (
        await attributionOnDay(sql, [
          { resource_id: idOf('unplaced'), day: '2026-04-01' },
          { resource_id: 'unknown', day: '2026-04-01' },
        ])
      ).map((row) => row.tenant_id),
    ).to.deep.equal(['skyai-internal']);
    expect(await attributionOnDay(sql, [])).to.deep.equal([]);
  });

  it('lists the resources that existed within a range, with their names at that time', async () => {
    await fill(sql, [
      discover('old', '2026-04-01T00:00:00Z', { created_at: '2026-03-01T00:00:00Z' }),
      ...vanish('old', '2026-04-10T00:03:00Z', '2026-04-10T00:00:00Z'),
      discover('new', '2026-04-10T00:02:00Z', { created_at: '2026-04-10T00:01:00Z' }),
      change('new', '2026-04-20T00:00:00Z', ['name'], {
        name: 'renamed',
        created_at: '2026-04-10T00:01:00Z',
      }),
      change('new', '2026-04-21T00:00:00Z', ['status'], {
        name: 'renamed',
        status: 'off',
        created_at: '2026-04-10T00:01:00Z',
      }),
      discover('undated', '2026-05-09T00:00:00Z'),
    ]);
    const within = async (from: string, to: string) =>
      Object.fromEntries(
        (await matchCandidates(sql, from, to)).map((one) => [
          one.provider_id,
          one.names.map((borne) => borne.name),
        ]),
      );
    expect(await within('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z')).to.deep.equal({
      undated: ['undated'],
    });
    expect(await within('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).to.deep.equal({
      undated: ['undated'],
      old: ['old'],
    });
    expect(await within('2026-04-10T00:01:00Z', '2026-04-15T00:00:00Z')).to.deep.equal({
      undated: ['undated'],
      new: ['new'],
    });
    expect(await within('2026-04-15T00:00:00Z', '2026-05-01T00:00:00Z')).to.deep.equal({
      undated: ['undated'],
      new: ['new', 'renamed'],
    });
    expect(await within('2026-04-20T00:00:00Z', '2026-05-01T00:00:00Z')).to.deep.equal({
      undated: ['undated'],
      new: ['renamed'],
    });
    const [old] = (await matchCandidates(sql, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')).filter(
      (one) => one.provider_id === 'old',
    );
    expect(old).to.deep.equal({
      resource_id: idOf('old'),
      provider_id: 'old',
      kind,
      alive_from: '2026-03-01T00:00:00.000Z',
      alive_to: '2026-04-10T00:00:00.000Z',
      names: [{ name: 'old', from: null, to: null }],
      snapshot_of: null,
    });
  });
});
