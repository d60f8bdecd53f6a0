import { expect } from 'chai';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

describe('subscriptions over HTTP', () => {
  let test: TestLedger;
  let count = 0;
  const acme = { token: tenantToken('acme') };
  /** A fresh deployment's path. */
  const deploy = async (more: Json = {}) => {
    const { data } = await ok(
      test.api.post('deployments', { slug: `site-${++count}`, display_name: 'Site', ...more }, acme),
      201,
    );
    return `deployments/${data.id}`;
  };
  const subscribe = (
    path: string,
    body: Json = {},
    request: { token?: string; headers?: Record<string, string> } = acme,
  ) => test.api.post(`${path}/subscribe`, { plan_code: 'studio', ...body }, request);
  const read = async (path: string): Promise<Json> => (await ok(test.api.get(path, acme))).data;
  before(async () => {
    test = await startTestLedger({ now: '2026-05-09T15:05:00.000Z' });
    await seedCatalog(test.ledger, () => test.meta());
    await test.settled();
  });
  after(() => test.close());

  it('starts today on the active version, with addons at the terms of now', async () => {
    const path = await deploy();
    const { data } = await ok(
      subscribe(path, { addons: ['storage_50gb', 'llm_1m_tokens', 'storage_50gb'] }),
      201,
    );
    expect(data).to.deep.include({
      tenant_id: 'acme',
      plan_code: 'studio',
      plan_version: 1,
      status: 'active',
      starts_on: '2026-05-09',
      trial_ends_at: null,
      current_period_start: '2026-05-01',
      current_period_end: '2026-05-31',
    });
    expect(
      data.addons.map((addon: Json) => [addon.code, addon.packs, addon.qty, addon.price_cents]),
    ).to.deep.equal([
      ['storage_50gb', 2, '50', 750],
      ['llm_1m_tokens', 1, '1000000', 800],
    ]);
    const { deployment_id: _id, tenant_id: _tenant, ...subscription } = data;
    expect((await read(path)).subscription).to.deep.equal(subscription);
  });

  it('is shown beside its deployment in lists, which find it by its plan', async () => {
    const [without, path] = [await deploy(), await deploy()];
    await ok(subscribe(path, { plan_code: 'starter' }), 201);
    const rows = async (query: string): Promise<Json[]> =>
      (await ok(test.api.get(`deployments?limit=500${query}`, acme))).data;
    const planOf = (all: Json[], of: string): Json => {
      const row = all.find(({ id }) => of.endsWith(id));
      return [row?.plan_code, row?.plan_version, row?.subscription_status];
    };
    expect(planOf(await rows(''), path)).to.deep.equal(['starter', 1, 'active']);
    expect(planOf(await rows(''), without)).to.deep.equal([null, null, null]);
    expect((await rows('&plan_code=starter')).map(({ id }) => `deployments/${id}`)).to.deep.equal([path]);
  });

  it('is one a deployment', async () => {
    const path = await deploy();
    await ok(subscribe(path), 201);
    expect((await problem(subscribe(path), 409)).type).to.contain('already-subscribed');
    await ok(test.api.post(`${path}/transition`, { to: 'cancelled' }, acme));
    expect((await problem(subscribe(path), 409)).type).to.contain('deployment-closed');
  });

  it('refuses what is not on sale, naming the place', async () => {
    const path = await deploy();
    await problem(subscribe(path, { plan_code: 'nope' }), 422, 'plan_code');
    await problem(subscribe(path, { version: 7 }), 422, 'version');
    await problem(subscribe(path, { addons: ['storage_50gb', 'nope'] }), 422, 'addons.1');
    await problem(subscribe(path, { starts_on: '2026-02-30' }), 422, 'starts_on');
    await problem(subscribe(path, { version: 0 }), 422, 'version');
    expect((await read(path)).subscription).to.equal(null);
  });

  it('lets only an admin backdate, and shows the subscription in the past it was given', async () => {
    const path = await deploy();
    await problem(subscribe(path, { starts_on: '2026-05-08' }), 403);
    expect((await ok(subscribe(path, { starts_on: '2026-04-01' }, {}), 201)).data.starts_on).to.equal(
      '2026-04-01',
    );
    const past = (await ok(test.api.get(`${path}?as_of=2026-04-15`, acme))).data;
    expect(past.subscription).to.include({
      status: 'active',
      current_period_start: '2026-04-01',
      current_period_end: '2026-04-30',
    });
    await problem(test.api.get(`${path}?as_of=2026-03-31`, acme), 404);
  });

  it('pauses, resumes and cancels with its deployment', async () => {
    const path = await deploy({ state: 'trial' });
    await ok(subscribe(path), 201);
    const go = async (to: string, request: { token?: string } = acme) =>
      (await ok(test.api.post(`${path}/transition`, { to }, request))).data.subscription.status;
    expect(await go('active')).to.equal('active');
    expect(await go('paused')).to.equal('paused');
    expect(await go('active')).to.equal('active');
    expect(await go('past_due', {})).to.equal('active');
    expect(await go('suspended', {})).to.equal('active');
    expect(await go('cancelled', {})).to.equal('cancelled');
    expect((await read(path)).events.map((event: Json) => event.type)).to.deep.equal([
      'DeploymentCreated',
      'SubscriptionStarted',
      'DeploymentTransitioned',
      'DeploymentTransitioned',
      'SubscriptionPaused',
      'DeploymentTransitioned',
      'SubscriptionResumed',
      'DeploymentTransitioned',
      'DeploymentTransitioned',
      'DeploymentTransitioned',
      'SubscriptionCancelled',
    ]);
  });

  it('keeps the price of an addon as it was attached, and detaches it whole', async () => {
    const path = await deploy();
    await problem(test.api.post(`${path}/addons`, { code: 'zones' }, acme), 409);
    await ok(subscribe(path), 201);
    await problem(test.api.post(`${path}/addons`, { code: 'zones' }, acme), 422, 'code');
    const define = (price_cents: number) =>
      ok(
        test.api.post('catalog/addons', {
          code: 'zones',
          name: 'Zones',
          resource_kind: 'dns_zones',
          qty: 5,
          price_cents,
        }),
        201,
      );
    await define(300);
    await ok(test.api.post(`${path}/addons`, { code: 'zones', qty: 2 }, acme), 201);
    await define(900);
    const { data } = await ok(test.api.post(`${path}/addons`, { code: 'zones' }, acme), 201);
    expect(data.addons.map((addon: Json) => [addon.packs, addon.price_cents])).to.deep.equal([
      [2, 300],
      [1, 900],
    ]);
    for (const qty of [0, 1.5, -1, '2'])
      await problem(test.api.post(`${path}/addons`, { code: 'zones', qty }, acme), 422, 'qty');
    expect((await ok(test.api.delete(`${path}/addons/zones`, acme))).data.addons).to.deep.equal([]);
    await problem(test.api.delete(`${path}/addons/zones`, acme), 404);
  });

  it('attaches once under one Idempotency-Key', async () => {
    const path = await deploy();
    await ok(subscribe(path), 201);
    const headers = { 'idempotency-key': `attach-${path}` };
    for (let n = 0; n < 2; n++)
      await ok(test.api.post(`${path}/addons`, { code: 'storage_50gb' }, { ...acme, headers }), 201);
    expect((await read(path)).subscription.addons).to.have.length(1);
  });

  it('moves to another plan, and to the version that a publication made active', async () => {
    const path = await deploy();
    await ok(subscribe(path, { plan_code: 'starter' }), 201);
    const change = (body: Json, request: { token?: string } = acme) =>
      test.api.post(`${path}/change-plan`, body, request);
    expect((await ok(change({ plan_code: 'studio' }))).data).to.include({
      plan_code: 'studio',
      plan_version: 1,
    });
    const events = await test.eventCount();
    await ok(change({ plan_code: 'studio' }));
    expect(await test.eventCount()).to.equal(events);
    await ok(test.api.post('catalog/plans/studio/versions', { base_price_cents: 6000, items: [] }), 201);
    expect((await problem(change({ plan_code: 'studio', version: 2 }), 422)).type).to.contain('plan-draft');
    await ok(test.api.post('catalog/plans/studio/versions/2/publish'));
    expect((await read(path)).subscription.plan_version, 'a publication moves no subscription').to.equal(1);
    expect((await ok(change({ plan_code: 'studio' }))).data.plan_version).to.equal(2);
    expect((await problem(change({ plan_code: 'studio', version: 1 }), 422)).type).to.contain('plan-retired');
    expect((await ok(change({ plan_code: 'studio', version: 1 }, {}))).data.plan_version).to.equal(1);
    const fresh = await deploy();
    expect((await problem(subscribe(fresh, { version: 1 }), 422)).type).to.contain('plan-retired');
    await problem(test.api.post(`${fresh}/change-plan`, { plan_code: 'studio' }, acme), 409);
  });

  it('has one winner where two subscribe at once', async () => {
    const path = await deploy();
    const answers = await Promise.all([
      subscribe(path),
      subscribe(path),
      subscribe(path, { plan_code: 'pro' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409, 409]);
    expect(
      (await read(path)).events.filter((event: Json) => event.type === 'SubscriptionStarted'),
    ).to.have.length(1);
  });
});
