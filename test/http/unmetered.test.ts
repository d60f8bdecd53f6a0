import { expect } from 'chai';
import { aDroplet, aProject, aSnapshot, emptyAccount } from '../../simulators/digitalocean/index.ts';
import { ok, type Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

const project = aProject({ name: 'shop' });

/** A bucket known only by its URN, a droplet with an unknown status, and resources with complete data. */
const account = () => ({
  ...emptyAccount(),
  droplets: [
    aDroplet({ name: 'web', created_at: '2026-03-01T00:00:00Z' }),
    aDroplet({ name: 'odd', status: 'rescue', created_at: '2026-03-01T00:00:00Z' }),
  ],
  snapshots: [
    aSnapshot({ name: 'empty', size_gigabytes: 0, created_at: '2026-03-01T00:00:00Z' }),
    {
      ...aSnapshot({ name: 'unsized', created_at: '2026-03-01T00:00:00Z' }),
      size_gigabytes: null as unknown as number,
    },
  ],
  projects: [project],
});

describe('resources that cannot be metered', () => {
  let ledger: TestLedger;
  let deployment: string;
  let idOf: (name: string) => string;

  before(async () => {
    ledger = await startTestLedger({ digitalOcean: { account: account() } });
    ledger.digitalOcean.assign('do:space:media', project.id);
    for (const name of ['sync.droplets', 'sync.snapshots', 'sync.projects']) await run(name);
    const { data } = await ok(ledger.api.get('inventory?limit=500'));
    idOf = (name) => data.find((row: Json) => row.name === name).id;
    const body = { tenant_id: 'acme', slug: 'shop', display_name: 'Shop' };
    deployment = (await ok(ledger.api.post('deployments', body), 201)).data.id;
    for (const name of ['web', 'odd', 'empty', 'media']) await tie(name, '2026-03-30');
    for (const day of ['2026-03-30', '2026-03-31', '2026-04-01']) await run('metering.day', { day });
  });
  after(async () => {
    await ledger.close();
  });

  const run = async (name: string, input: object = {}): Promise<Json> => {
    const { data } = await ok(ledger.api.post(`jobs/${name}/run`, input));
    expect(data.error).to.equal(null);
    return data.result;
  };
  const tie = (name: string, effective_from: string) =>
    ok(
      ledger.api.post(`deployments/${deployment}/resources`, { resource_id: idOf(name), effective_from }),
      201,
    );
  const usage = (query: string, token?: string) =>
    ok(ledger.api.get(`usage?${query}`, token === undefined ? {} : { token }));
  const bucket = (days: number) => ({
    deployment_id: deployment,
    resource_id: idOf('media'),
    resource_kind: 'spaces_gb_month',
    days,
    reason: 'unknown-size',
  });
  const odd = (days: number) => ({
    deployment_id: deployment,
    resource_id: idOf('odd'),
    resource_kind: 'droplet_hours',
    days,
    reason: 'unknown-status',
  });
  const byId = (rows: Json[]): Json[] => [...rows].sort((a, b) => (a.resource_id < b.resource_id ? -1 : 1));

  it('has no record and is listed with its days; a size of 0 has one', async () => {
    const march = await usage(`deployment_id=${deployment}&period=2026-03`);
    expect(march.summary).to.deep.equal({ droplet_hours: '48', snapshot_gb_month: '0' });
    expect(march.data.map((row: Json) => row.resource_id)).to.not.include.members([
      idOf('media'),
      idOf('odd'),
    ]);
    expect(march.unmetered).to.deep.equal(byId([bucket(2), odd(2)]));
    expect((await usage(`deployment_id=${deployment}`)).unmetered).to.deep.equal(byId([bucket(3), odd(3)]));
  });

  it('follows the filters and the scope of the caller', async () => {
    expect((await usage('period=2026-04&resource_kind=spaces_gb_month')).unmetered).to.deep.equal([
      bucket(1),
    ]);
    expect((await usage('period=2026-05')).unmetered).to.deep.equal([]);
    expect((await usage('period=2026-03', tenantToken('acme'))).unmetered).to.have.length(2);
    expect((await usage('period=2026-03', tenantToken('other'))).unmetered).to.deep.equal([]);
  });

  it("adds nothing when the day is metered again, and is replaced with the day's set", async () => {
    expect(await run('metering.day', { day: '2026-03-31' })).to.include({ records: 2, changed: 0 });
    await ok(
      ledger.api.delete(`deployments/${deployment}/resources/${idOf('media')}?effective_to=2026-03-31`),
    );
    expect((await usage('period=2026-03')).unmetered).to.deep.equal(byId([bucket(1), odd(2)]));
    expect((await usage('period=2026-04')).unmetered).to.deep.equal([odd(1)]);
  });

  it('a snapshot that the provider lists without a size, too', async () => {
    await tie('unsized', '2026-03-31');
    const { data, unmetered } = await usage('period=2026-03&resource_kind=snapshot_gb_month');
    expect(data.map((row: Json) => row.resource_id)).to.deep.equal([idOf('empty'), idOf('empty')]);
    expect(unmetered).to.deep.equal([
      {
        deployment_id: deployment,
        resource_id: idOf('unsized'),
        resource_kind: 'snapshot_gb_month',
        days: 1,
        reason: 'unknown-size',
      },
    ]);
  });
});
