import { expect } from 'chai';
import { problem, ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';
import { completed, syncAll } from '../support/processes/sync-run.ts';

const pilot = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';

describe('inventory over HTTP', () => {
  let ledger: TestLedger;
  const acme = { token: tenantToken('acme') };
  const other = { token: tenantToken('other') };
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ledger.settled();
  });
  after(async () => {
    await ledger.close();
  });

  const list = async (query = '', request = {}): Promise<Json[]> =>
    (await ok(ledger.api.get(`inventory?limit=500${query}`, request))).data;
  const droplets = () => list('&kind=droplet');

  it('lists with filters, page by page', async () => {
    expect(await list()).to.have.length(35);
    expect(await list('&kind=dns_zone')).to.have.length(7);
    expect(await list('&kind=dns_zone&status=active')).to.have.length(7);
    expect(await list('&status=stale')).to.have.length(0);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Json = await ok(
        ledger.api.get(`inventory?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      seen.push(...page.data.map((row: { id: string }) => row.id));
      cursor = page.next_cursor;
    }
    expect(seen).to.deep.equal((await list()).map((row) => row.id));
  });

  it('shows a resource in full, with its events', async () => {
    const [row] = await droplets();
    const { data } = await ok(ledger.api.get(`inventory/${row.id}`));
    expect(data).to.include({
      provider: 'digitalocean',
      kind: 'droplet',
      status: 'active',
      missed_syncs: 0,
      cloud_project_id: pilot,
      deployment_id: null,
    });
    expect(data.events.map((event: Json) => [event.type, event.actor])).to.deep.equal([
      ['ResourceDiscovered', 'job:sync.droplets'],
      ['ResourceAttributed', 'job:sync.projects'],
    ]);
  });

  it('refuses what it does not know', async () => {
    await problem(ledger.api.get('inventory/unknown'), 404);
    await problem(ledger.api.get('inventory?kinds=droplet'), 422, 'kinds');
    await problem(ledger.api.post('inventory/unknown/assign', { tenant_id: 'acme' }), 404);
    await problem(ledger.api.post('inventory/unknown/assign', {}), 422, 'tenant_id');
    await problem(ledger.api.post('projects/unknown/assign', { tenant_id: 'acme' }), 404);
    await problem(ledger.api.get('inventory', { token: serviceToken() }), 403);
    for (const path of ['projects', 'drift']) await problem(ledger.api.get(path, acme), 403);
  });

  it('shows a tenant its own resources, from the time it owned them', async () => {
    const [row] = await droplets();
    expect(await list('', acme)).to.deep.equal([]);
    await problem(ledger.api.get(`inventory/${row.id}`, acme), 404);
    await ok(ledger.api.post(`inventory/${row.id}/assign`, { tenant_id: 'acme' }));
    expect((await list('', acme)).map((one) => one.id)).to.deep.equal([row.id]);
    const events = async (request: object): Promise<string[]> =>
      (await ok(ledger.api.get(`inventory/${row.id}`, request))).data.events.map(
        (event: { type: string }) => event.type,
      );
    expect(await events(acme)).to.deep.equal(['ResourceAssigned']);
    ledger.digitalOcean.rename('droplet', Number(row.provider_id), 'of-acme');
    await completed(ledger, 'sync.droplets');
    await ledger.settled();
    expect(await events(acme)).to.deep.equal(['ResourceAssigned', 'ResourceChanged']);
    await ok(ledger.api.post(`inventory/${row.id}/assign`, { tenant_id: 'other' }));
    await problem(ledger.api.get(`inventory/${row.id}`, acme), 404);
    expect(await events(other)).to.deep.equal(['ResourceAssigned']);
    expect(await events({})).to.have.length(5);
  });

  it('assigns a project and its resources at once, except what an admin has classified', async () => {
    const { data } = await ok(ledger.api.post(`projects/${pilot}/assign`, { tenant_id: 'dashboard-pilot' }));
    expect(data).to.deep.equal({ id: pilot, tenant_id: 'dashboard-pilot', attributed: 6 });
    expect(await list('&kind=droplet', { token: tenantToken('dashboard-pilot') })).to.have.length(4);
    const { data: projects } = await ok(ledger.api.get('projects'));
    expect(projects.map((row: Json) => [row.name, row.tenant_id, row.resources])).to.deep.equal([
      ['internal', null, 13],
      ['pilot', 'dashboard-pilot', 7],
    ]);
    expect(
      (await ok(ledger.api.post(`projects/${pilot}/assign`, { tenant_id: 'dashboard-pilot' }))).data
        .attributed,
    ).to.equal(0);
  });

  it('records specs, finds drift and accepts it', async () => {
    const [, row] = await droplets();
    const record = (spec: object) => ledger.api.post(`inventory/${row.id}/provisioned`, { spec });
    await problem(ledger.api.post(`inventory/${row.id}/provisioned`, { spec: 'big' }), 422, 'spec');
    expect(
      (
        await ok(
          record({
            size_slug: 's-8vcpu-16gb',
            memory: String(row.attrs.memory),
            tags: [...row.attrs.tags].reverse(),
          }),
        )
      ).data.spec_version,
    ).to.equal(1);
    expect(await completed(ledger, 'drift.detect')).to.deep.equal({ compared: 1, changed: 1, open: 1 });
    expect(await completed(ledger, 'drift.detect')).to.deep.equal({ compared: 1, changed: 0, open: 1 });
    await ledger.settled();
    const drifts = async (query = '') => (await ok(ledger.api.get(`drift${query}`))).data as Json[];
    const [open] = await drifts();
    expect(open).to.include({
      resource_id: row.id,
      field: 'size_slug',
      desired: 's-8vcpu-16gb',
      actual: row.size_slug,
      status: 'open',
    });
    const accepted = await ok(ledger.api.post(`drift/${open.id}/accept`));
    expect(accepted.data).to.deep.include({ id: open.id, status: 'accepted', spec_version: 2 });
    expect(accepted.data.spec.size_slug).to.equal(row.size_slug);
    expect(await drifts()).to.deep.equal([]);
    expect((await drifts('?status=accepted')).map((one) => one.id)).to.deep.equal([open.id]);
    await problem(ledger.api.post(`drift/${open.id}/accept`), 409);
    await problem(ledger.api.post('drift/unknown/accept'), 404);
    await problem(ledger.api.get('drift?status=closed'), 422, 'status');
    const { data } = await ok(ledger.api.get(`inventory/${row.id}`));
    expect(data.events.map((event: Json) => event.type)).to.include.members([
      'SpecProvisioned',
      'DriftFound',
      'DriftAccepted',
    ]);
  });

  it('answers a repeated request by its key without a second event', async () => {
    const [, , row] = await droplets();
    const headers = { 'idempotency-key': 'classify-1' };
    const first = await ok(ledger.api.post(`inventory/${row.id}/assign`, { tenant_id: 'acme' }, { headers }));
    const events = await ledger.eventCount();
    expect(
      await ok(ledger.api.post(`inventory/${row.id}/assign`, { tenant_id: 'acme' }, { headers })),
    ).to.deep.equal(first);
    expect(await ledger.eventCount()).to.equal(events);
    await problem(ledger.api.post(`inventory/${row.id}/assign`, { tenant_id: 'other' }, { headers }), 409);
  });
});
