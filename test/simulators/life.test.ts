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
  fullScopes,
} from '../../simulators/digitalocean/index.ts';
import { eachTestHasSimulator, get, itemsUnder } from '../support/simulators/simulator.ts';

describe('resources of the DigitalOcean stand-in', () => {
  const current = eachTestHasSimulator(() => ({ account: emptyAccount(), now: '2026-05-09T15:00:00Z' }));
  const list = async (name: string, query = '', token?: string) =>
    itemsUnder((await get(current(), `/v2/${name}${query}`, token)).json, name);
  const names = async (name: string) => (await list(name)).map((item) => item['name']);
  const statusOf = async (path: string): Promise<number> => (await get(current(), path)).status;
  const urns = async (projectId: string, token?: string) =>
    itemsUnder((await get(current(), `/v2/projects/${projectId}/resources`, token)).json, 'resources').map(
      (item) => item['urn'],
    );

  it('of each kind are listed and served by id', async () => {
    const sim = current();
    const made = [
      ['droplets', 'droplet', sim.create('droplet', aDroplet()).id],
      ['domains', 'domain', sim.create('domain', aDomain()).name],
      ['volumes', 'volume', sim.create('volume', aVolume()).id],
      ['snapshots', 'snapshot', sim.create('snapshot', aSnapshot()).id],
      ['floating_ips', 'floating_ip', sim.create('floating_ip', aFloatingIp()).ip],
      ['reserved_ips', 'reserved_ip', sim.account.floating_ips[0]?.ip],
      ['firewalls', 'firewall', sim.create('firewall', aFirewall()).id],
      ['load_balancers', 'load_balancer', sim.create('load_balancer', aLoadBalancer()).id],
      ['projects', 'project', sim.create('project', aProject()).id],
    ] as const;
    for (const [collection, single, id] of made) {
      const listed = await list(collection);
      const { status, json } = await get(sim, `/v2/${collection}/${id}`);
      expect([collection, listed.length, status]).to.deep.equal([collection, 1, 200]);
      expect(json).to.deep.equal({ [single]: listed[0] });
    }
  });

  it('vanish with what hangs on them: backups go, snapshots stay, volumes and addresses forget', async () => {
    const sim = current();
    const project = sim.create('project', aProject());
    const droplet = sim.create('droplet', aDroplet(), { projectId: project.id });
    sim.addBackup(droplet.id, aBackup());
    sim.create('snapshot', aSnapshot({ resource_id: String(droplet.id) }));
    sim.create('volume', aVolume({ droplet_ids: [droplet.id] }));
    sim.create('firewall', aFirewall({ droplet_ids: [droplet.id, 7] }));
    sim.create('floating_ip', aFloatingIp({ droplet }));
    expect((await list('droplets'))[0]?.['backup_ids']).to.have.length(1);

    sim.remove('droplet', droplet.id, { emptyAs: 'null' });
    expect(await list('droplets')).to.deep.equal([]);
    expect([
      await statusOf(`/v2/droplets/${droplet.id}`),
      await statusOf(`/v2/droplets/${droplet.id}/backups`),
    ]).to.deep.equal([404, 404]);
    expect((await list('snapshots'))[0]?.['resource_id']).to.equal(String(droplet.id));
    expect((await list('volumes'))[0]?.['droplet_ids']).to.equal(null);
    expect((await list('firewalls'))[0]?.['droplet_ids']).to.deep.equal([7]);
    expect((await list('floating_ips'))[0]?.['droplet']).to.equal(null);
    const lingering = itemsUnder((await get(sim, `/v2/projects/${project.id}/resources`)).json, 'resources');
    expect(lingering.map((item) => item['status'])).to.deep.equal(['not_found']);
    sim.clock.advance(sim.options.urnLingersMs);
    expect(await urns(project.id)).to.deep.equal([]);
  });

  it('are absent for a while and come back, in lists, by id, or both', async () => {
    const sim = current();
    const { id } = sim.create('droplet', aDroplet());
    const seen = async () => [(await list('droplets')).length, await statusOf(`/v2/droplets/${id}`)];
    sim.hide('droplet', id, 'list');
    expect(await seen()).to.deep.equal([0, 200]);
    sim.hide('droplet', id, 'by_id');
    expect(await seen()).to.deep.equal([1, 404]);
    sim.hide('droplet', id);
    expect(await seen()).to.deep.equal([0, 404]);
    sim.show('droplet', id);
    expect(await seen()).to.deep.equal([1, 200]);
  });

  it('are listed late, found late, and change state on the clock', async () => {
    const sim = current();
    const settings = {
      listedAfterMs: 20_000,
      byIdAfterMs: 5_000,
      later: { afterMs: 30_000, fields: { status: 'active' } },
    };
    const { id } = sim.create('droplet', aDroplet({ status: 'new' }), settings);
    const seen: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      const byId = await get(sim, `/v2/droplets/${id}`);
      seen.push([
        byId.status,
        (byId.json['droplet'] as { status?: string } | undefined)?.status,
        (await list('droplets')).length,
      ]);
      sim.clock.advance(10_000);
    }
    expect(seen).to.deep.equal([
      [404, undefined, 0],
      [200, 'new', 0],
      [200, 'new', 1],
      [200, 'active', 1],
    ]);
  });

  it('are renamed under the same id, share a name, or are made anew under it', async () => {
    const sim = current();
    const first = sim.create('droplet', aDroplet({ name: 'web' }));
    sim.rename('droplet', first.id, 'web-old');
    sim.create('droplet', aDroplet({ name: 'web' }));
    const twin = sim.create('droplet', aDroplet({ name: 'web' }));
    expect(await names('droplets')).to.deep.equal(['web-old', 'web', 'web']);
    sim.remove('droplet', twin.id);
    const anew = sim.create('droplet', aDroplet({ name: 'web' }));
    expect(anew.id).not.to.equal(twin.id);
    sim.create('domain', aDomain({ name: 'a.example' }));
    sim.remove('domain', 'a.example');
    sim.create('domain', aDomain({ name: 'b.example' }));
    expect(await names('domains')).to.deep.equal(['b.example']);
    expect(() => sim.rename('volume', 'none', 'x')).to.throw('no volume none');
  });

  it('move between projects at once, with a gap, or in both for a moment', async () => {
    const sim = current();
    const [from, to] = [sim.create('project', aProject()).id, sim.create('project', aProject()).id];
    const held = async () => [(await urns(from)).length, (await urns(to)).length];
    sim.assign('do:space:bucket', from);
    sim.move('do:space:bucket', to, { gapMs: 1_000 });
    expect(await held()).to.deep.equal([0, 0]);
    sim.clock.advance(1_000);
    expect(await held()).to.deep.equal([0, 1]);
    sim.move('do:space:bucket', from, { overlapMs: 1_000 });
    expect(await held()).to.deep.equal([1, 1]);
    sim.clock.advance(1_000);
    expect(await held()).to.deep.equal([1, 0]);
    sim.move('do:space:bucket', to);
    expect(await held()).to.deep.equal([0, 1]);
    sim.remove('project', to);
    expect(await statusOf(`/v2/projects/${to}/resources`)).to.equal(404);
  });

  it('include URNs of any kind, colons too', async () => {
    const sim = current();
    const project = sim.create('project', aProject());
    const all = [
      'do:floatingip:192.0.2.1',
      'do:floatingipv6:2001:db8::1',
      'do:app:a',
      'do:dbaas:b',
      'do:kubernetes:c',
      'do:space:d',
      'do:unheardof:e',
    ];
    all.forEach((urn) => sim.assign(urn, project.id));
    expect(await urns(project.id)).to.deep.equal(all);
  });

  it('show GPU droplets under type=gpus alone', async () => {
    const sim = current();
    const [plain, gpu] = [sim.create('droplet', aDroplet()), sim.create('droplet', aGpuDroplet())];
    expect((await list('droplets')).map((item) => item['id'])).to.deep.equal([plain.id]);
    expect((await list('droplets', '?type=gpus')).map((item) => item['id'])).to.deep.equal([gpu.id]);
    expect(await statusOf(`/v2/droplets/${gpu.id}`)).to.equal(200);
  });

  it('give a narrow token fewer fields and project resources, and a 403 without its scope', async () => {
    const sim = current();
    const project = sim.create('project', aProject());
    const droplet = sim.create('droplet', aDroplet(), { projectId: project.id });
    ['do:domain:a.example', 'do:space:b', 'do:dbaas:c', 'do:kubernetes:d', 'do:app:e', 'do:image:f'].forEach(
      (urn) => sim.assign(urn, project.id),
    );
    sim.create('floating_ip', aFloatingIp({ droplet, project_id: project.id }));
    const scopes = fullScopes.filter(
      (scope) =>
        ![
          'droplet:read',
          'domain:read',
          'tag:read',
          'spaces:read',
          'database:read',
          'kubernetes:read',
          'app:read',
          'image:read',
        ].includes(scope),
    );
    sim.tokens.allow('narrow', scopes);
    expect((await get(sim, '/v2/droplets', 'narrow')).status).to.equal(403);
    expect((await list('floating_ips', '', 'narrow'))[0])
      .to.include.keys('project_id')
      .and.not.any.keys('droplet');
    expect(await urns(project.id, 'narrow')).to.deep.equal([]);
    sim.tokens.allow('wide', fullScopes);
    expect(await urns(project.id, 'wide')).to.deep.equal(await urns(project.id));
    sim.tokens.allow('narrow', [...scopes, 'droplet:read', 'image:read']);
    expect((await list('droplets', '', 'narrow'))[0])
      .to.include.keys('image')
      .and.not.any.keys('tags');
    expect(await urns(project.id, 'narrow')).to.deep.equal([`do:droplet:${droplet.id}`, 'do:image:f']);
    expect((await list('droplets'))[0]).to.include.keys('tags');
  });

  it('can give a zone a new serial on each answer', async () => {
    const sim = current();
    sim.create('domain', aDomain());
    expect(await list('domains')).to.deep.equal(await list('domains'));
    sim.options.zoneSerialMoves = true;
    const [first, second] = [await list('domains'), await list('domains')];
    expect(first[0]?.['zone_file']).not.to.equal(second[0]?.['zone_file']);
    expect(first[0]?.['name']).to.equal(second[0]?.['name']);
  });
});
