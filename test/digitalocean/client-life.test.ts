import { expect } from 'chai';
import {
  aBackup,
  aDomain,
  aDroplet,
  aFirewall,
  aFloatingIp,
  aLoadBalancer,
  aSnapshot,
  aVolume,
  emptyAccount,
  fullScopes,
  type Account,
} from '../../simulators/digitalocean/index.ts';
import { errorOf, startTestAccount, type TestAccount } from '../support/digitalocean/test-account.ts';

const emptyStart = (fields: Partial<Account> = {}): Promise<TestAccount> =>
  startTestAccount({ account: { ...emptyAccount(), ...fields } });

describe('DigitalOcean client: the life of resources', () => {
  let test: TestAccount;
  afterEach(() => test.simulator.close());

  for (const emptyAs of ['array', 'null'] as const) {
    it(`sees a droplet vanish from everything that knew it (${emptyAs} where its id was)`, async () => {
      const droplet = aDroplet({ id: 71, backup_ids: [801], volume_ids: ['v'] });
      test = await emptyStart({
        droplets: [droplet, aDroplet()],
        backups: { '71': [aBackup({ id: 801 })] },
        volumes: [aVolume({ droplet_ids: [71] })],
        firewalls: [aFirewall({ droplet_ids: [71] })],
        load_balancers: [aLoadBalancer({ droplet_ids: [71] })],
        floating_ips: [aFloatingIp({ droplet })],
        snapshots: [aSnapshot({ resource_id: '71' })],
      });
      const { client, simulator } = test;
      expect(await client.listBackups(['71'])).to.have.length(1);
      simulator.remove('droplet', 71, { emptyAs });

      expect((await client.listDroplets()).map(({ provider_id }) => provider_id)).not.to.include('71');
      expect(await client.getResource('droplet', '71')).to.equal(null);
      expect(await client.listBackups(['71'])).to.deep.equal([]);
      expect((await client.listVolumes())[0]?.attrs['droplet_ids']).to.deep.equal([]);
      expect((await client.listFirewalls())[0]?.attrs['droplet_ids']).to.deep.equal([]);
      expect((await client.listLoadBalancers())[0]?.attrs['droplet_ids']).to.deep.equal([]);
      expect((await client.listFloatingIps())[0]).to.deep.include({ status: 'unassigned' });
      expect((await client.listSnapshots())[0]?.attrs['resource_id']).to.equal('71');
    });
  }

  it('keeps ids apart from names: renamed, recreated and namesakes', async () => {
    test = await emptyStart({
      droplets: [aDroplet({ id: 1, name: 'web' }), aDroplet({ id: 2, name: 'web' })],
    });
    const seen = async (): Promise<string[]> =>
      (await test.client.listDroplets()).map(({ provider_id, name }) => `${provider_id} ${name}`);
    expect(await seen()).to.have.members(['1 web', '2 web']);
    test.simulator.rename('droplet', 1, 'api');
    test.simulator.remove('droplet', 2);
    test.simulator.create('droplet', aDroplet({ id: 3, name: 'web' }));
    expect(await seen()).to.have.members(['1 api', '3 web']);
  });

  it('finds by id what the list does not show yet, and the other way round', async () => {
    test = await emptyStart({ droplets: [aDroplet({ id: 5 })] });
    test.simulator.hide('droplet', 5, 'list');
    expect(await test.client.listDroplets()).to.deep.equal([]);
    expect(await test.client.getResource('droplet', '5')).to.include({ provider_id: '5' });
    test.simulator.hide('droplet', 5, 'by_id');
    expect(await test.client.listDroplets()).to.have.length(1);
    expect(await test.client.getResource('droplet', '5')).to.equal(null);
  });

  it('sees a new load balancer get its address', async () => {
    test = await emptyStart();
    const later = { afterMs: 60_000, fields: { ip: '192.0.2.7', status: 'active' } };
    test.simulator.create('load_balancer', aLoadBalancer({ ip: '', status: 'new' }), { later });
    const look = async (): Promise<unknown[]> =>
      (await test.client.listLoadBalancers()).map(({ status, attrs }) => [status, attrs['ip']]);
    expect(await look()).to.deep.equal([['new', null]]);
    test.simulator.clock.advance(60_000);
    expect(await look()).to.deep.equal([['active', '192.0.2.7']]);
  });

  it('sees no change where only a zone serial moved', async () => {
    test = await startTestAccount({ options: { zoneSerialMoves: true } });
    expect(await test.client.listDomains()).to.deep.equal(await test.client.listDomains());
  });

  it('lists an unchanged account the same twice', async () => {
    test = await startTestAccount();
    const { client } = test;
    const sweep = async (): Promise<unknown> => [
      await client.listDroplets(),
      await client.listSnapshots(),
      await client.listFirewalls(),
      await client.listBackups(['401000001', '401000002']),
    ];
    expect(await sweep()).to.deep.equal(await sweep());
  });

  it('lists the backups of each droplet that it is given, once', async () => {
    test = await startTestAccount();
    const backups = await test.client.listBackups(['401000001', '401000002', '401000001']);
    expect(backups.map(({ kind, attrs }) => [kind, attrs['droplet_id']])).to.deep.equal([
      ['droplet_backup', '401000001'],
      ['droplet_backup', '401000001'],
      ['droplet_backup', '401000001'],
      ['droplet_backup', '401000002'],
    ]);
    expect(test.simulator.requests).to.have.length(2);
  });

  it('fails all backups when one droplet cannot be asked, and stops asking', async () => {
    const droplets = Array.from({ length: 50 }, (_, index) => aDroplet({ id: index + 1 }));
    test = await emptyStart({ droplets });
    test.simulator.faults.inject({ path: '/v2/droplets/3/backups', effect: { kind: 'status', status: 403 } });
    expect((await errorOf(test.client.listBackups(droplets.map(({ id }) => String(id))))).code).to.equal(
      'forbidden',
    );
    // Other requests would have run at the same time as these.
    for (let other = 0; other < 20; other += 1) await test.client.listDomains();
    expect(test.simulator.requests.filter(({ path }) => path.endsWith('/backups')).length).to.be.below(10);
    test.simulator.faults.clear();
    test.simulator.faults.inject({
      path: '/v2/droplets/3/backups',
      effect: { kind: 'empty_body', status: 404 },
    });
    expect((await errorOf(test.client.listBackups(['1', '2', '3']))).code).to.equal('not-found');
  });

  it('falls back to reserved IPs when the old name of the endpoint is gone', async () => {
    test = await emptyStart({ floating_ips: [aFloatingIp({ ip: '198.51.100.1' })] });
    test.simulator.faults.inject({ path: '/v2/floating_ips', effect: { kind: 'status', status: 404 } });
    expect((await test.client.listFloatingIps()).map(({ provider_id }) => provider_id)).to.deep.equal([
      '198.51.100.1',
    ]);
  });

  it('reads what a project holds: every URN type, unknown ones kept, statuses as they are', async () => {
    test = await startTestAccount();
    const [project] = (await test.client.listProjects()).filter(({ name }) => name === 'pilot');
    const id = project?.id ?? '';
    for (const urn of ['do:app:1', 'do:floatingipv6:2001:db8::1', 'do:dbaas:2', 'do:teapot:x:y'])
      test.simulator.assign(urn, id);
    test.simulator.assign('do:kubernetes:3', id, { status: 'service_down' });
    test.simulator.remove('droplet', 401000001);
    const held = await test.client.listProjectResources(id);
    const of = (urn: string): unknown => held.find((resource) => resource.urn === urn);
    expect(of('do:app:1')).to.deep.equal({ urn: 'do:app:1', kind: 'app', provider_id: '1', status: 'ok' });
    expect(of('do:floatingipv6:2001:db8::1')).to.include({
      kind: 'floatingipv6',
      provider_id: '2001:db8::1',
    });
    expect(of('do:dbaas:2')).to.include({ kind: 'managed_db' });
    expect(of('do:teapot:x:y')).to.include({ kind: 'teapot', provider_id: 'x:y' });
    expect(of('do:kubernetes:3')).to.include({ kind: 'k8s_cluster', status: 'service_down' });
    expect(of('do:droplet:401000001')).to.include({ status: 'not_found' });
  });

  it('reads projects with an empty environment and purpose', async () => {
    test = await startTestAccount();
    const [first] = test.simulator.account.projects;
    Object.assign(first ?? {}, { environment: '', purpose: '', description: null });
    const projects = await test.client.listProjects();
    expect(projects.find(({ id }) => id === first?.id)).to.include({
      environment: '',
      purpose: '',
      description: '',
    });
  });

  const narrowed: readonly (readonly [scope: string, call: (test: TestAccount) => Promise<unknown>])[] = [
    ['image:read', ({ client }) => client.listDroplets()],
    ['tag:read', ({ client }) => client.listDroplets()],
    ['block_storage:read', ({ client }) => client.listDroplets()],
    ['vpc:read', ({ client }) => client.listDroplets()],
    ['tag:read', ({ client }) => client.listSnapshots()],
    ['droplet:read', ({ client }) => client.listFirewalls()],
    ['image:read', ({ client }) => client.getResource('droplet', '401000001')],
  ];
  for (const [scope, call] of narrowed) {
    it(`reads a token narrowed by ${scope} as a refusal, never as a change`, async () => {
      test = await startTestAccount();
      test.simulator.tokens.allow(
        test.simulator.token,
        fullScopes.filter((each) => each !== scope),
      );
      const error = await errorOf(call(test));
      expect(error.code).to.equal('forbidden');
      expect(error.message).to.contain(scope);
    });
  }

  it('takes one droplet without a VPC among others for a new one', async () => {
    test = await startTestAccount();
    const fresh = aDroplet({ id: 9 });
    delete fresh['vpc_uuid'];
    test.simulator.create('droplet', fresh);
    expect(
      (await test.client.listDroplets()).find(({ provider_id }) => provider_id === '9')?.attrs['vpc_uuid'],
    ).to.equal(null);
  });

  it('recreates a domain under its name', async () => {
    test = await emptyStart({ domains: [aDomain({ name: 'a.example' })] });
    test.simulator.remove('domain', 'a.example');
    expect(await test.client.getResource('dns_zone', 'a.example')).to.equal(null);
    test.simulator.create('domain', aDomain({ name: 'b.example' }));
    expect((await test.client.listDomains()).map(({ provider_id }) => provider_id)).to.deep.equal([
      'b.example',
    ]);
  });
});
