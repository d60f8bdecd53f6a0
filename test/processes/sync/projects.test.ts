import { expect } from 'chai';
import { aVolume } from '../../../simulators/digitalocean/index.ts';
import type { FaultEffect } from '../../../simulators/digitalocean/index.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger } from '../../support/ledger/test-ledger.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { completed, failed, inventoryOf, syncAll } from '../../support/processes/sync-run.ts';

const pilot = 'bb448431-2ecb-509a-ae71-474f45fcf3eb';
const internal = 'ced7901a-8873-52cc-ac4c-2f64b396bdad';

describe('the project walk', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await ok(ledger.api.post(`projects/${pilot}/assign`, { tenant_id: 'dashboard-pilot' }));
  });
  afterEach(async () => {
    await ledger.close();
  });

  const find = async (providerId: string) =>
    (await inventoryOf(ledger)).find((row) => row.provider_id === providerId);
  const tenantsOf = async (kind: string) =>
    (await inventoryOf(ledger, `&kind=${kind}`)).map((row) => row.tenant_id);

  it('gives resources to the tenants of their projects, at once when a project is assigned', async () => {
    expect(await tenantsOf('droplet')).to.deep.equal(Array.from({ length: 5 }, () => 'dashboard-pilot'));
    expect(await find('pilot.example')).to.include({ tenant_id: 'dashboard-pilot', cloud_project_id: pilot });
    expect(await find('example.com')).to.include({ tenant_id: 'skyai-internal', cloud_project_id: internal });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0, missed: 0 });
  });

  it('discovers resources that no sync covers, and counts as their sweep', async () => {
    ledger.digitalOcean.assign('do:dbaas:db-1', pilot);
    ledger.digitalOcean.assign('do:floatingipv6:2604:a880::1', pilot);
    ledger.digitalOcean.assign('do:thing:x', pilot);
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 3 });
    expect(await find('db-1')).to.include({
      kind: 'managed_db',
      name: 'db-1',
      tenant_id: 'dashboard-pilot',
      cloud_project_id: pilot,
    });
    expect(await find('2604:a880::1')).to.include({ kind: 'floatingipv6' });
    expect(await find('x')).to.include({ kind: 'thing', last_seen_at: ledger.clock.now() });
    ledger.digitalOcean.unassign('do:dbaas:db-1');
    for (let n = 0; n < 3; n++)
      expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0, missed: 1 });
    expect(await find('db-1')).to.include({
      status: 'stale',
      tenant_id: 'dashboard-pilot',
      cloud_project_id: pilot,
    });
  });

  it('adds no resource of a kind that a sync covers, but says where it will belong', async () => {
    ledger.digitalOcean.assign('do:volume:vol-1', internal);
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 1 });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
    expect(await find('vol-1')).to.equal(undefined);
    await ok(ledger.api.post(`projects/${internal}/assign`, { tenant_id: 'acme' }));
    ledger.digitalOcean.create('volume', aVolume({ id: 'vol-1' }));
    expect(await completed(ledger, 'sync.volumes')).to.include({ changed: 1 });
    expect(await find('vol-1')).to.include({ tenant_id: 'acme', cloud_project_id: internal });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
  });

  it('keeps a resource where it was while two projects name it', async () => {
    ledger.digitalOcean.move('do:droplet:401000001', internal, { overlapMs: 60_000 });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
    ledger.digitalOcean.clock.advance(60_000);
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 1 });
    expect(await find('401000001')).to.include({ tenant_id: 'skyai-internal', cloud_project_id: internal });
  });

  it('gives a resource that has left its project to the fallback tenant', async () => {
    ledger.digitalOcean.unassign('do:droplet:401000001');
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 1 });
    expect(await find('401000001')).to.include({ tenant_id: 'skyai-internal', cloud_project_id: null });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
  });

  it('leaves a deleted resource where it was', async () => {
    ledger.digitalOcean.remove('droplet', 401000001);
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
    ledger.digitalOcean.unassign('do:droplet:401000001');
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
    expect(await find('401000001')).to.include({ tenant_id: 'dashboard-pilot' });
  });

  it('keeps the tenant that an admin has assigned', async () => {
    const { id } = await find('401000001');
    await ok(ledger.api.post(`inventory/${id}/assign`, { tenant_id: 'acme' }));
    ledger.digitalOcean.move('do:droplet:401000001', internal);
    await completed(ledger, 'sync.projects');
    expect(await find('401000001')).to.include({ tenant_id: 'acme', cloud_project_id: internal });
  });

  it('mirrors projects that come, change and go', async () => {
    ledger.digitalOcean.rename('project', pilot, 'flagship');
    await completed(ledger, 'sync.projects');
    const names = async () =>
      (await ok(ledger.api.get('projects'))).data.map((row: { name: string }) => row.name);
    await ledger.settled();
    expect(await names()).to.deep.equal(['flagship', 'internal']);
    ledger.digitalOcean.remove('project', pilot);
    await completed(ledger, 'sync.projects');
    await ledger.settled();
    expect(await names()).to.deep.equal(['internal']);
    expect(new Set(await tenantsOf('droplet'))).to.deep.equal(new Set(['skyai-internal']));
  });

  it('treats no failure of the provider as a change', async () => {
    const { faults } = ledger.digitalOcean;
    const resourcesPath = `/v2/projects/${pilot}/resources`;
    const troubles: FaultEffect[] = [
      { kind: 'status', status: 503 },
      { kind: 'status', status: 403 },
      { kind: 'filter_resources', urnTypes: ['droplet'] },
    ];
    for (const effect of troubles) {
      faults.inject({ path: resourcesPath, effect });
      expect(await failed(ledger, 'sync.projects'), effect.kind).to.contain('upstream-failed');
      faults.clear();
    }
    faults.inject({ path: '/v2/projects', effect: { kind: 'empty_list' } });
    expect(await failed(ledger, 'sync.projects')).to.contain('counts as none');
    faults.clear();
    faults.inject({ path: resourcesPath, times: 1, effect: { kind: 'empty_list' } });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0, missed: 0 });
    faults.clear();
    // A token that lost a scope sees less without an error; one resource by id shows it.
    ledger.digitalOcean.tokens.allow(ledger.digitalOcean.token, ['project:read', 'domain:read']);
    expect(await failed(ledger, 'sync.projects')).to.contain('droplet');
    expect(await tenantsOf('droplet')).to.deep.equal(Array.from({ length: 5 }, () => 'dashboard-pilot'));
  });
});
