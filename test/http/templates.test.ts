import { expect } from 'chai';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

const droplets = { kind: 'droplet', size_slug: 's-2vcpu-4gb', region: 'syd1', count: 2 };
const zone = { kind: 'dns_zone', size_slug: null, region: null, count: 1 };
const shop = {
  code: 'shop',
  version: '1',
  plan_code: 'studio',
  addons: ['storage_50gb', 'storage_50gb'],
  llm_mode: 'allowance',
  specs: [droplets, zone],
};

describe('templates over HTTP', () => {
  let test: TestLedger;
  const acme = { token: tenantToken('acme') };
  const define = (changes: Json = {}, request = {}) =>
    test.api.post('templates', { ...shop, ...changes }, request);
  const create = (slug: string, more: Json = {}, request: Json = acme) =>
    test.api.post('deployments', { slug, display_name: slug, template_code: 'shop', ...more }, request);
  const publish = async (plan: string, base_price_cents: number) => {
    const terms = { base_price_cents, items: [] };
    const { data } = await ok(test.api.post(`catalog/plans/${plan}/versions`, terms), 201);
    await ok(test.api.post(`catalog/plans/${plan}/versions/${data.version}/publish`));
  };
  before(async () => {
    test = await startTestLedger({ now: '2026-05-09T15:05:00.000Z' });
    await seedCatalog(test.ledger, () => test.meta());
    await ok(define(), 201);
  });
  after(() => test.close());

  it('are defined by an admin, once a version', async () => {
    const events = await test.eventCount();
    expect((await ok(define(), 201)).data).to.deep.equal(shop);
    expect((await ok(define({ version: 1 }), 201)).data.version).to.equal('1');
    expect(await test.eventCount()).to.equal(events);
    for (const other of [{ llm_mode: 'none' }, { specs: [{ ...droplets, count: 3 }, zone] }])
      expect((await problem(define(other), 409)).type).to.match(/already-exists$/);
    await problem(define({}, acme), 403);
    await problem(define({}, { token: serviceToken() }), 403);
  });

  it('leave out what has a default: no addons, no resources, no LLM mode, any region', async () => {
    const bare = { code: 'bare', version: 2.5, plan_code: 'starter' };
    expect((await ok(test.api.post('templates', bare), 201)).data).to.deep.equal({
      ...{ ...bare, version: '2.5' },
      ...{ addons: [], llm_mode: 'none', specs: [] },
    });
    const { region: _region, ...anywhere } = droplets;
    const { data } = await ok(define({ code: 'anywhere', specs: [anywhere] }), 201);
    expect(data.specs).to.deep.equal([{ ...anywhere, region: null }]);
  });

  it('are refused by the field', async () => {
    const refused = (changes: Json, path: string) => problem(define({ version: '9', ...changes }), 422, path);
    await refused({ plan_code: 'nothing' }, 'plan_code');
    await ok(test.api.post('catalog/plans', { code: 'coming', name: 'Coming' }), 201);
    await refused({ plan_code: 'coming' }, 'plan_code');
    await refused({ addons: ['nothing'] }, 'addons.0');
    await refused({ specs: [droplets, droplets] }, 'specs.1');
    await refused({ llm_mode: 'managed' }, 'llm_mode');
    for (const count of [0, 1001, 1.5, '2', null])
      await refused({ specs: [{ ...zone, count }] }, 'specs.0.count');
    await refused({ specs: [{ kind: 'droplet', count: 1 }] }, 'specs.0.size_slug');
    await refused(
      { specs: Array.from({ length: 101 }, (_, n) => ({ ...zone, size_slug: `s-${n}` })) },
      'specs',
    );
    for (const version of ['', 'x'.repeat(201), null, true, ['1']]) await refused({ version }, 'version');
    await refused({ specs: [{ ...zone, colour: 'red' }] }, 'specs.0.colour');
  });

  it('show their newest version in the list, and all of them by code, also to a tenant', async () => {
    test.clock.advance(60_000);
    await ok(define({ code: 'listed', version: '10' }), 201);
    await ok(define({ code: 'listed', version: '9', addons: [] }), 201);
    const { data } = await ok(test.api.get('templates?code=listed', acme));
    const defined_at = test.clock.now();
    const newest = { ...shop, code: 'listed', version: '9', addons: [], defined_at };
    expect(data).to.deep.equal([newest]);
    expect((await ok(test.api.get('templates?code=nothing'))).data).to.deep.equal([]);
    const { code, latest_version, versions } = (await ok(test.api.get('templates/listed', acme))).data;
    expect([code, latest_version]).to.deep.equal(['listed', '9']);
    expect(versions.map(({ version, addons }: Json) => [version, addons.length])).to.deep.equal([
      ['10', 2],
      ['9', 0],
    ]);
    await problem(test.api.get('templates/nothing', acme), 404);
    const first = await ok(test.api.get('templates?limit=1'));
    const rest = await ok(test.api.get(`templates?cursor=${first.next_cursor}`));
    const codes = [...first.data, ...rest.data].map((row: Json) => row.code);
    expect(codes)
      .to.deep.equal([...codes].sort())
      .and.include.members(['bare', 'listed', 'shop']);
  });

  it('make a deployment with its subscription, its mode and what it wants, in one append', async () => {
    const { data } = await ok(create('site'), 201);
    expect(data).to.include({ template_code: 'shop', template_version: '1', llm_mode: 'allowance' });
    expect(data.subscription).to.include({ plan_code: 'studio', plan_version: 1, starts_on: '2026-05-09' });
    const [addon] = data.subscription.addons;
    expect(addon).to.include({ code: 'storage_50gb', packs: 2, price_cents: 750, attached_on: '2026-05-09' });
    const { events } = (await ok(test.api.get(`deployments/${data.id}`, acme))).data;
    expect(events.map(({ type }: Json) => type)).to.deep.equal([
      ...['DeploymentCreated', 'SubscriptionStarted', 'AddonAttached'],
    ]);
    expect(events[0].data.wanted).to.deep.equal(shop.specs);
    expect((await problem(create('site'), 409)).deployment_id).to.equal(data.id);
    const own = await ok(create('own', { llm_mode: 'charges', template_version: 1 }), 201);
    expect(own.data.llm_mode).to.equal('charges');
  });

  it('take the newest version, and change no deployment that there is', async () => {
    await ok(define({ code: 'moving' }), 201);
    const before = (await ok(create('before', { template_code: 'moving' }), 201)).data;
    await ok(define({ code: 'moving', version: '0.9', plan_code: 'starter', addons: [], specs: [] }), 201);
    await publish('studio', 5_500);
    const addon = { code: 'storage_50gb', name: 'Storage', resource_kind: 'spaces_gb_month' };
    await ok(test.api.post('catalog/addons', { ...addon, qty: '50', price_cents: 800 }), 201);
    const newest = (await ok(create('newest', { template_code: 'moving' }), 201)).data;
    expect(newest).to.include({ template_version: '0.9' });
    expect(newest.subscription).to.deep.include({ plan_code: 'starter', addons: [] });
    const named = (await ok(create('named', { template_code: 'moving', template_version: '1' }), 201)).data;
    expect(named.subscription.plan_version).to.equal(2);
    expect(named.subscription.addons[0].price_cents).to.equal(800);
    const still = (await ok(test.api.get(`deployments/${before.id}`, acme))).data;
    expect(still.subscription).to.deep.equal(before.subscription);
  });

  it('are refused by the field where a deployment names what is not there', async () => {
    await problem(create('x', { template_code: 'nothing' }), 422, 'template_code');
    await problem(create('x', { template_version: '7' }), 422, 'template_version');
    await problem(create('x', { template_code: null, template_version: '1' }), 422, 'template_version');
    await problem(create('x', { template_code: '' }), 422, 'template_code');
    await problem(create('x', { tenant_id: 'other' }), 403);
  });

  it('give a trial its subscription, which ends when the trial does', async () => {
    const { data } = await ok(create('tried', { state: 'trial' }), 201);
    expect(data).to.include({ state: 'trial', trial_ends_at: '2026-05-23T15:06:00.000Z' });
    expect(data.subscription).to.include({ status: 'active', trial_ends_at: data.trial_ends_at });
    await problem(
      create('x', { state: 'trial', trial_ends_at: '2026-05-24T00:00:00Z' }),
      422,
      'trial_ends_at',
    );
    await problem(
      create('x', { state: 'trial', trial_ends_at: '2026-05-09T00:00:00Z' }),
      422,
      'trial_ends_at',
    );
    const byAdmin = { state: 'trial', tenant_id: 'acme', trial_ends_at: '2027-01-01T00:00:00Z' };
    expect((await ok(create('long', byAdmin, {}), 201)).data.trial_ends_at).to.match(/^2027/);
    const endless = { state: 'trial', tenant_id: 'acme' };
    expect((await ok(create('endless', endless, {}), 201)).data.trial_ends_at).to.equal(null);
  });

  it('answer a repeated Idempotency-Key with the first result, also after a newer version', async () => {
    await ok(define({ code: 'once' }), 201);
    const request = { ...acme, headers: { 'idempotency-key': 'template-1' } };
    const first = await ok(create('once', { template_code: 'once' }, request), 201);
    await ok(define({ code: 'once', version: '2', addons: [] }), 201);
    const events = await test.eventCount();
    expect(await ok(create('once', { template_code: 'once' }, request), 201)).to.deep.equal(first);
    expect(await test.eventCount()).to.equal(events);
  });

  it('are made once, and so is a deployment, when two ask at the same time', async () => {
    const templates = await Promise.all([
      define({ code: 'raced', llm_mode: 'none' }),
      define({ code: 'raced', llm_mode: 'charges' }),
    ]);
    expect(templates.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
    const deployments = await Promise.all([create('raced'), create('raced'), create('raced')]);
    expect(deployments.map(({ status }) => status).sort()).to.deep.equal([201, 409, 409]);
  });
});
