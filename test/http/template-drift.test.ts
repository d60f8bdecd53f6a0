import { expect } from 'chai';
import { aDroplet, emptyAccount } from '../../simulators/digitalocean/index.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { completed } from '../support/processes/sync-run.ts';

const small = { kind: 'droplet', size_slug: 's-1vcpu-1gb', region: null };
const large = { kind: 'droplet', size_slug: 's-2vcpu-4gb', region: 'syd1' };

describe('drift from a template', () => {
  let test: TestLedger;
  let site: string;
  const ids: Record<string, string> = {};
  const droplets: Record<string, number> = {};
  const acme = { token: tenantToken('acme') };
  const deployment = async () => (await ok(test.api.get(`deployments/${site}`, acme))).data;
  const tied = async () => (await deployment()).wanted.map((spec: Json) => spec.tied);
  const tie = (name: string, to = site) =>
    ok(test.api.post(`deployments/${to}/resources`, { resource_id: ids[name] }), 201);
  const untie = (name: string) => ok(test.api.delete(`deployments/${site}/resources/${ids[name]}`));
  const findings = async (status = 'open'): Promise<unknown[]> => {
    await test.settled();
    const { data } = await ok(test.api.get(`drift?status=${status}`));
    return data
      .map((one: Json) => [one.name, one.field, one.desired, one.actual, one.spec_version])
      .sort((a: string[], b: string[]) => (a.join() < b.join() ? -1 : 1));
  };
  /** Accepts the open finding of a droplet. */
  const accept = async (name: string) => {
    const { data } = await ok(test.api.get('drift'));
    const { id } = data.find((one: Json) => one.name === name);
    return (await ok(test.api.post(`drift/${id}/accept`))).data;
  };
  const create = async (slug: string): Promise<string> => {
    const body = { tenant_id: 'acme', slug, display_name: slug, template_code: 'shop' };
    return (await ok(test.api.post('deployments', body), 201)).data.id;
  };

  before(async () => {
    const account = emptyAccount();
    for (const [name, size_slug] of [
      ...[['a', 's-1vcpu-1gb'] as const, ['b', 's-1vcpu-2gb'] as const, ['c', 's-1vcpu-1gb'] as const],
      ...[['d', 's-1vcpu-1gb'] as const, ['e', 's-1vcpu-1gb'] as const],
    ]) {
      const droplet = aDroplet({ name, size_slug });
      account.droplets.push(droplet);
      droplets[name] = droplet.id;
    }
    test = await startTestLedger({ digitalOcean: { account } });
    await seedCatalog(test.ledger, () => test.meta());
    await completed(test, 'sync.droplets');
    await test.settled();
    for (const { name, id } of (await ok(test.api.get('inventory'))).data) ids[name] = id;
    const specs = [
      { ...small, count: 1 },
      { ...large, count: 1 },
    ];
    const template = { code: 'shop', version: '1', plan_code: 'studio', specs };
    await ok(test.api.post('templates', template), 201);
    site = await create('site');
  });
  after(() => test.close());

  it('says what is missing before anything is tied', async () => {
    expect((await deployment()).wanted).to.deep.equal([
      { ...small, count: 1, tied: 0 },
      { ...large, count: 1, tied: 0 },
    ]);
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 0, changed: 0, open: 0 });
  });

  it('finds a field that differs, once, in the place that is left', async () => {
    await tie('b');
    await tie('a');
    expect(await tied()).to.deep.equal([1, 1]);
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 2, changed: 1, open: 1 });
    expect(await findings()).to.deep.equal([['b', 'size_slug', 's-2vcpu-4gb', 's-1vcpu-2gb', 0]]);
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 2, changed: 0, open: 1 });
    const { data } = await ok(test.api.get(`inventory/${ids['b']}`, acme));
    expect(data.wanted).to.deep.equal({
      ...{ template_code: 'shop', template_version: '1' },
      ...{ size_slug: 's-2vcpu-4gb', region: 'syd1', surplus: null },
    });
    expect([data.spec, data.spec_version]).to.deep.equal([null, null]);
  });

  it('closes it when the resource is as the template wants', async () => {
    test.digitalOcean.update('droplet', droplets['b'] ?? 0, { size_slug: 's-2vcpu-4gb' });
    await completed(test, 'sync.droplets');
    expect(await completed(test, 'drift.detect')).to.include({ compared: 2, changed: 1, open: 0 });
    expect(await findings()).to.deep.equal([]);
    expect(await findings('stale')).to.have.length(1);
  });

  it('lets an accepted value be the own spec of the resource', async () => {
    test.digitalOcean.update('droplet', droplets['b'] ?? 0, { size_slug: 's-1vcpu-2gb' });
    await completed(test, 'sync.droplets');
    await completed(test, 'drift.detect');
    await test.settled();
    expect(await accept('b')).to.deep.include({ spec_version: 1, spec: { size_slug: 's-1vcpu-2gb' } });
    expect(await completed(test, 'drift.detect')).to.deep.equal({ compared: 2, changed: 0, open: 0 });
    test.digitalOcean.update('droplet', droplets['b'] ?? 0, { size_slug: 's-1vcpu-1gb' });
    await completed(test, 'sync.droplets');
    await completed(test, 'drift.detect');
    expect(await findings()).to.deep.equal([['b', 'size_slug', 's-1vcpu-2gb', 's-1vcpu-1gb', 1]]);
    test.digitalOcean.update('droplet', droplets['b'] ?? 0, { size_slug: 's-1vcpu-2gb' });
    await completed(test, 'sync.droplets');
    await completed(test, 'drift.detect');
  });

  it('finds those beyond the wanted number, and none that was accepted', async () => {
    await tie('c');
    await tie('d');
    expect(await tied()).to.deep.equal([1, 1]);
    await completed(test, 'drift.detect');
    // Equal ones count in the order in which they were tied, on one day in that of their ids.
    const [first, second] = (await findings()) as [string, string, number, number, number][];
    expect([first?.slice(1), second?.slice(1)]).to.deep.equal([
      ['count', 2, 4, 0],
      ['count', 2, 4, 0],
    ]);
    const { data } = await ok(test.api.get(`inventory/${ids[first?.[0] ?? '']}`));
    expect(data.wanted).to.deep.include({ size_slug: null, surplus: { wanted: 2, tied: 4 } });
    expect((await accept(first?.[0] ?? '')).spec).to.deep.equal({ count: 4 });
    await completed(test, 'drift.detect');
    expect(await findings()).to.deep.equal([[second?.[0], 'count', 2, 3, 0]]);
    expect(await completed(test, 'drift.detect')).to.include({ changed: 0, open: 1 });
    expect(await tied()).to.deep.equal([1, 1]);
    await untie(second?.[0] ?? '');
    expect(await completed(test, 'drift.detect')).to.include({ changed: 1, open: 0 });
  });

  it('closes what it found of a resource that is gone', async () => {
    await tie('e');
    await completed(test, 'drift.detect');
    expect(await findings()).to.have.length(1);
    const name = ((await findings()) as string[][])[0]?.[0] ?? '';
    test.digitalOcean.remove('droplet', droplets[name] ?? 0);
    for (let sweep = 0; sweep < 3; sweep++) await completed(test, 'sync.droplets');
    expect(await completed(test, 'drift.detect')).to.include({ changed: 1, open: 0 });
    expect(await tied()).to.deep.equal([1, 1]);
  });

  it('knows the template of another day, and none of a deployment that ended', async () => {
    const before = test.clock.now();
    const second = await create('second');
    const { data } = await ok(test.api.get('inventory?status=active'));
    const free = data.find((one: Json) => one.deployment_id === null);
    ids['free'] = free.id;
    await ok(test.api.post(`inventory/${free.id}/provisioned`, { spec: { region: 'syd1' } }));
    test.digitalOcean.update('droplet', Number(free.provider_id), { size_slug: 's-4vcpu-8gb' });
    await completed(test, 'sync.droplets');
    await tie('free', second);
    await completed(test, 'drift.detect');
    expect((await findings()).length).to.equal(1);
    test.clock.advance(86_400_000);
    await ok(test.api.post(`deployments/${second}/transition`, { to: 'cancelled' }));
    expect(await completed(test, 'drift.detect')).to.include({ changed: 1, open: 0 });
    const now = (await ok(test.api.get(`inventory/${free.id}`))).data;
    const then = (await ok(test.api.get(`inventory/${free.id}?as_of=${before.slice(0, 10)}`))).data;
    expect([now.wanted, then.wanted?.size_slug]).to.deep.equal([null, 's-1vcpu-1gb']);
    const past = (await ok(test.api.get(`deployments/${second}?as_of=${before.slice(0, 10)}`))).data;
    expect(past.wanted.map((spec: Json) => spec.tied)).to.deep.equal([1, 0]);
  });
});
