import { expect } from 'chai';
import {
  aBackup,
  aDomain,
  aDroplet,
  aFirewall,
  aFloatingIp,
  aGpuDroplet,
  aLoadBalancer,
  aProject,
  aSnapshot,
  aVolume,
  emptyAccount,
  type FaultEffect,
} from '../../../simulators/digitalocean/index.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { rowOf, suiteHasProvider } from '../../support/processes/provider-stage.ts';
import { completed, failed, inventoryOf, syncAll, syncs } from '../../support/processes/sync-run.ts';

const home = '11111111-1111-4111-8111-111111111111';
const away = '22222222-2222-4222-8222-222222222222';

describe('the mirror and the life of resources', () => {
  let ledger: TestLedger;
  suiteHasProvider(
    () => ({
      account: {
        ...emptyAccount(),
        projects: [aProject({ id: home, name: 'home' }), aProject({ id: away, name: 'away' })],
      },
    }),
    async (started) => {
      ledger = started;
      ledger.digitalOcean.create('droplet', aDroplet({ id: 1, name: 'stays' }), { projectId: home });
      ledger.digitalOcean.create('droplet', aDroplet({ id: 2, name: 'also stays' }), { projectId: away });
      await syncAll(ledger);
    },
  );
  const row = (id: string | number) => rowOf(ledger, id);
  const sweeps = async (job: string, times: number) => {
    for (let sweep = 0; sweep < times; sweep++) await completed(ledger, job);
  };

  it('E1 a droplet vanishes: backups go, snapshots stay, what knew it forgets, its URN lingers', async () => {
    const sim = ledger.digitalOcean;
    const doomed = aDroplet({ id: 10, name: 'doomed' });
    sim.create('droplet', doomed, { projectId: home });
    const backup = aBackup();
    sim.addBackup(10, backup);
    sim.create('snapshot', aSnapshot({ id: '1010', resource_id: '10' }));
    sim.create('volume', aVolume({ id: 'e1-volume', droplet_ids: [10] }));
    sim.create('floating_ip', aFloatingIp({ ip: '198.51.100.1', droplet: doomed }));
    sim.create('firewall', aFirewall({ id: 'e1-firewall', droplet_ids: [10] }));
    await syncAll(ledger);
    expect(await row('e1-volume')).to.deep.nested.include({ 'attrs.droplet_ids': [10] });
    sim.remove('droplet', 10, { emptyAs: 'null' });
    // `not_found` beside the URN neither deletes nor moves anything by itself.
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0, missed: 0 });
    expect(await row(10)).to.include({ status: 'active', cloud_project_id: home });
    for (let sweep = 0; sweep < 3; sweep++) for (const job of syncs) await completed(ledger, job);
    expect(await row(10)).to.include({ status: 'stale', cloud_project_id: home });
    expect(await row(backup.id)).to.include({ status: 'stale' });
    expect((await row('1010')).status).not.to.equal('stale');
    expect(await row('1010')).to.include({ missed_syncs: 0 });
    expect(await row('e1-volume')).to.deep.nested.include({ 'attrs.droplet_ids': [], missed_syncs: 0 });
    expect(await row('e1-firewall')).to.include({ missed_syncs: 0 });
    expect((await row('198.51.100.1')).missed_syncs).to.equal(0);
  });

  it('E2 absent for one scan, back in the next: never stale', async () => {
    for (let time = 0; time < 3; time++) {
      ledger.digitalOcean.hide('droplet', 1, 'list');
      expect(await completed(ledger, 'sync.droplets')).to.include({ missed: 1 });
      expect(await row(1)).to.include({ status: 'active', missed_syncs: 1 });
      ledger.digitalOcean.show('droplet', 1);
      await completed(ledger, 'sync.droplets');
      expect(await row(1)).to.include({ status: 'active', missed_syncs: 0 });
    }
  });

  it('E3 a new name is the same resource, the same name under a new id another', async () => {
    const sim = ledger.digitalOcean;
    sim.create('load_balancer', aLoadBalancer({ id: 'e3-lb', name: 'lb' }));
    sim.create('volume', aVolume({ id: 'e3-volume', name: 'disk' }));
    sim.create('domain', aDomain({ name: 'before.example' }));
    sim.create('droplet', aDroplet({ id: 30, name: 'twin' }));
    sim.create('droplet', aDroplet({ id: 31, name: 'twin' }));
    await syncAll(ledger);
    const ids = new Map<string, string>();
    for (const id of ['e3-lb', 'e3-volume', '30', '31']) ids.set(id, (await row(id)).id);
    expect(ids.get('30')).not.to.equal(ids.get('31'));
    sim.rename('load_balancer', 'e3-lb', 'lb-new');
    sim.rename('volume', 'e3-volume', 'disk-new');
    sim.rename('droplet', 30, 'other');
    sim.rename('project', away, 'far');
    sim.remove('droplet', 31);
    sim.create('droplet', aDroplet({ id: 32, name: 'twin' }));
    sim.remove('domain', 'before.example');
    sim.create('domain', aDomain({ name: 'after.example' }));
    for (let sweep = 0; sweep < 3; sweep++) await syncAll(ledger);
    expect(await row('e3-lb')).to.include({ id: ids.get('e3-lb'), name: 'lb-new' });
    expect(await row('e3-volume')).to.include({ id: ids.get('e3-volume'), name: 'disk-new' });
    expect(await row(30)).to.include({ id: ids.get('30'), name: 'other', status: 'active' });
    expect(await row(31)).to.include({ id: ids.get('31'), name: 'twin', status: 'stale' });
    expect(await row(32)).to.include({ name: 'twin', status: 'active' });
    expect(await row('before.example')).to.include({ status: 'stale' });
    expect(await row('after.example')).to.include({ missed_syncs: 0 });
  });

  it('E5 a move through neither or both projects, URNs of every type, and a project that goes', async () => {
    const sim = ledger.digitalOcean;
    sim.move('do:droplet:1', away, { overlapMs: 60_000 });
    expect(await completed(ledger, 'sync.projects')).to.include({ changed: 0 });
    sim.clock.advance(60_000);
    await completed(ledger, 'sync.projects');
    expect(await row(1)).to.include({ cloud_project_id: away, status: 'active' });
    sim.move('do:droplet:1', home, { gapMs: 60_000 });
    await completed(ledger, 'sync.projects');
    expect(await row(1)).to.include({ status: 'active', missed_syncs: 0 });
    sim.clock.advance(60_000);
    await completed(ledger, 'sync.projects');
    expect(await row(1)).to.include({ cloud_project_id: home, status: 'active' });
    sim.create('floating_ip', aFloatingIp({ ip: '198.51.100.5' }), { projectId: home });
    const urns = ['app:a-1', 'space:bucket-1', 'dbaas:db-1', 'kubernetes:k-1', 'floatingipv6:2604:a880::5'];
    for (const urn of [...urns, 'novelty:n-1']) sim.assign(`do:${urn}`, home);
    await completed(ledger, 'sync.floating_ips');
    await completed(ledger, 'sync.projects');
    for (const id of ['198.51.100.5', 'a-1', 'bucket-1', 'db-1', 'k-1', '2604:a880::5', 'n-1'])
      expect(await row(id), id).to.include({ cloud_project_id: home });
    const gone = sim.create('project', aProject({ name: 'short-lived' }));
    sim.assign('do:droplet:30', gone.id);
    await completed(ledger, 'sync.projects');
    sim.remove('project', gone.id);
    await completed(ledger, 'sync.projects');
    expect(await row(30)).to.include({ cloud_project_id: null, status: 'active', missed_syncs: 0 });
  });

  it('E6 what is listed late, changes state, or differs between list and id', async () => {
    const sim = ledger.digitalOcean;
    const before = (await inventoryOf(ledger)).length;
    sim.create('droplet', aDroplet({ id: 60, name: 'late', status: 'new' }), {
      listedAfterMs: 60_000,
      later: { afterMs: 120_000, fields: { status: 'active' } },
    });
    await completed(ledger, 'sync.droplets');
    expect(await inventoryOf(ledger)).to.have.length(before);
    sim.clock.advance(60_000);
    await completed(ledger, 'sync.droplets');
    expect(await row(60)).to.include({ status: 'new' });
    sim.clock.advance(60_000);
    await completed(ledger, 'sync.droplets');
    expect(await row(60)).to.include({ status: 'active' });
    sim.create('load_balancer', aLoadBalancer({ id: 'e6-lb', ip: '', status: 'new' }));
    sim.create('firewall', aFirewall({ id: 'e6-fw', status: 'waiting' }));
    await completed(ledger, 'sync.load_balancers');
    await completed(ledger, 'sync.firewalls');
    sim.update('load_balancer', 'e6-lb', { ip: '192.0.2.9', status: 'active' });
    sim.update('firewall', 'e6-fw', { status: 'succeeded' });
    expect(await completed(ledger, 'sync.load_balancers')).to.include({ changed: 1, missed: 0 });
    expect(await completed(ledger, 'sync.firewalls')).to.include({ changed: 1, missed: 0 });
    // By id it is gone, the list has it: it lives.
    sim.hide('droplet', 60, 'by_id');
    await sweeps('sync.droplets', 3);
    expect(await row(60)).to.include({ status: 'active', missed_syncs: 0 });
    sim.show('droplet', 60);
  });

  it('E7 GPU droplets from a pass of their own, nodes of a cluster as droplets', async () => {
    const sim = ledger.digitalOcean;
    sim.create('droplet', aGpuDroplet({ id: 70 }));
    sim.create('droplet', aDroplet({ id: 71, tags: ['k8s', 'k8s:worker'] }));
    await completed(ledger, 'sync.droplets');
    expect(await row(70)).to.include({ kind: 'droplet', status: 'active' });
    expect(await row(71)).to.include({ kind: 'droplet', status: 'active' });
    // The second pass fails: the whole sweep does, and no GPU droplet is struck.
    const effect = { kind: 'status', status: 503 } as const;
    const fault = sim.faults.inject({ path: '/v2/droplets', query: { type: 'gpus' }, effect });
    await failed(ledger, 'sync.droplets');
    fault.remove();
    expect(await row(70)).to.include({ missed_syncs: 0 });
  });

  it('E8 a token whose scopes are narrowed: refused, never a deletion or a change', async () => {
    const sim = ledger.digitalOcean;
    const rows = async () =>
      (await inventoryOf(ledger)).map(({ id, status, missed_syncs, cloud_project_id, attrs }) => ({
        id,
        status,
        missed_syncs,
        cloud_project_id,
        attrs,
      }));
    await syncAll(ledger);
    const before = await rows();
    sim.tokens.allow(sim.token, ['droplet:read', 'project:read', 'domain:read']);
    try {
      for (let sweep = 0; sweep < 3; sweep++)
        for (const job of ['sync.droplets', 'sync.volumes', 'sync.firewalls', 'sync.projects'])
          expect(await failed(ledger, job), job).to.contain('upstream-failed');
    } finally {
      sim.tokens.allow(sim.token);
    }
    expect(await rows()).to.deep.equal(before);
    // Resources of one type are left out of every project, without an error.
    const effect: FaultEffect = { kind: 'filter_resources', urnTypes: ['droplet'] };
    const fault = sim.faults.inject({ path: '/v2/projects/*/resources', effect });
    expect(await failed(ledger, 'sync.projects')).to.contain('upstream-failed');
    fault.remove();
    expect(await rows()).to.deep.equal(before);
  });

  it('E9 a zone whose serial moves at each scan: no event of its own', async () => {
    ledger.digitalOcean.options.zoneSerialMoves = true;
    await completed(ledger, 'sync.domains');
    const before = await ledger.eventCount();
    for (let sweep = 0; sweep < 3; sweep++)
      expect(await completed(ledger, 'sync.domains')).to.include({ changed: 0 });
    // The records of the sweeps.
    expect(await ledger.eventCount()).to.equal(before + 3);
  });
});
