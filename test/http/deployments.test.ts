import { expect } from 'chai';
import { transitions } from '../../commands/deployments/transition-deployment.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

describe('deployments over HTTP', () => {
  let test: TestLedger;
  const acme = { token: tenantToken('acme') };
  const other = { token: tenantToken('other') };
  const create = (slug: string, more: Json = {}, request = acme) =>
    test.api.post('deployments', { slug, display_name: slug.toUpperCase(), ...more }, request);
  const created = async (slug: string, more: Json = {}): Promise<Json> =>
    (await ok(create(slug, more), 201)).data;
  before(async () => {
    test = await startTestLedger({ now: '2026-05-09T15:05:00.000Z' });
  });
  after(() => test.close());

  it("creates one for the caller's own tenant, active unless a trial is asked for", async () => {
    const site = await created('site', { region: 'syd1' });
    expect(site).to.deep.include({
      tenant_id: 'acme',
      slug: 'site',
      display_name: 'SITE',
      region: 'syd1',
      state: 'active',
      llm_mode: 'none',
      billing_action_suspended: false,
      template_code: null,
      template_version: null,
      trial_ends_at: null,
      subscription: null,
    });
    const trial = await created('trial', { state: 'trial', trial_ends_at: '2026-05-20T00:00:00Z' });
    expect(trial).to.include({ state: 'trial', trial_ends_at: '2026-05-20T00:00:00.000Z' });
    const { data } = await ok(test.api.get(`deployments/${site.id}`, acme));
    expect(data).to.deep.include({
      ...site,
      resources: [],
      created_at: '2026-05-09T15:05:00.000Z',
      updated_at: '2026-05-09T15:05:00.000Z',
    });
    expect(data.events.map((event: Json) => [event.type, event.actor])).to.deep.equal([
      ['DeploymentCreated', 'user-of-acme'],
    ]);
  });

  it('lets only an admin name the tenant', async () => {
    expect(
      (
        await ok(
          test.api.post('deployments', { slug: 'by-admin', display_name: 'X', tenant_id: 'acme' }),
          201,
        )
      ).data.tenant_id,
    ).to.equal('acme');
    await problem(test.api.post('deployments', { slug: 'by-admin', display_name: 'X' }), 422, 'tenant_id');
    await problem(create('foreign', { tenant_id: 'other' }), 403);
    await ok(create('own', { tenant_id: 'acme' }), 201);
    await problem(
      test.api.post('deployments', { slug: 'x', display_name: 'X' }, { token: serviceToken() }),
      403,
    );
  });

  it('reserves a slug for ever, per tenant', async () => {
    const site = await created('taken');
    await problem(create('taken'), 409);
    await ok(test.api.post('deployments', { slug: 'taken', display_name: 'Theirs' }, other), 201);
    await ok(test.api.post(`deployments/${site.id}/transition`, { to: 'cancelled' }, acme));
    await ok(test.api.post(`deployments/${site.id}/transition`, { to: 'archived' }));
    expect((await problem(create('taken'), 409)).detail).to.contain('taken for ever');
  });

  it('refuses an invalid deployment', async () => {
    for (const slug of ['Upper', 'under_score', '-dash', 'ü', '', 'x'.repeat(201)])
      await problem(create(slug), 422, 'slug');
    await problem(create('a', { display_name: '' }), 422, 'display_name');
    await problem(create('a', { state: 'suspended' }), 422, 'state');
    await problem(create('a', { trial_ends_at: '2026-05-20T00:00:00Z' }), 422, 'trial_ends_at');
    await problem(create('a', { billing_action_suspended: true }), 422, 'billing_action_suspended');
  });

  it("hides other tenants' deployments: not in lists, 404 by id", async () => {
    const site = await created('private');
    const listed = async (request: { token?: string }) =>
      (await ok(test.api.get('deployments?limit=500', request))).data.map((row: Json) => row.id);
    expect(await listed(acme)).to.include(site.id);
    expect(await listed(other)).not.to.include(site.id);
    expect(await listed({})).to.include(site.id);
    for (const request of [
      test.api.get(`deployments/${site.id}`, other),
      test.api.patch(`deployments/${site.id}`, { display_name: 'Mine' }, other),
      test.api.post(`deployments/${site.id}/transition`, { to: 'paused' }, other),
      test.api.post(`deployments/${site.id}/subscribe`, { plan_code: 'nope' }, other),
      test.api.post(`deployments/${site.id}/change-plan`, { plan_code: 'nope' }, other),
      test.api.post(`deployments/${site.id}/addons`, { code: 'nope' }, other),
      test.api.delete(`deployments/${site.id}/addons/nope`, other),
      test.api.get('deployments/no-such-id', other),
    ]) {
      const answer = await problem(request, 404);
      expect(answer.detail).to.equal('there is no such deployment');
    }
  });

  it('pages and filters the list', async () => {
    const all = (await ok(test.api.get('deployments?limit=500', acme))).data.map((row: Json) => row.id);
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const page = await ok(test.api.get(`deployments?limit=2${cursor}`, acme));
      paged.push(...page.data.map((row: Json) => row.id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(paged).to.deep.equal(all);
    expect(
      (await ok(test.api.get('deployments?state=trial', acme))).data.map((row: Json) => row.slug),
    ).to.deep.equal(['trial']);
    await problem(test.api.get('deployments?state=gone', acme), 422, 'state');
    const slugs = async (query: string, request: { token?: string } = {}) =>
      (await ok(test.api.get(`deployments?limit=500&${query}`, request))).data.map((row: Json) => row.id);
    expect(await slugs('tenant_id=acme')).to.deep.equal(all);
    expect(await slugs('tenant_id=acme', acme)).to.deep.equal(all);
    expect(await slugs('tenant_id=nope')).to.deep.equal([]);
    await problem(test.api.get('deployments?tenant_id=other', acme), 403);
  });

  it('says which states the caller may move it to', async () => {
    const { id } = await created('movable');
    const mayBecome = async (request: { token?: string }): Promise<string[]> =>
      (await ok(test.api.get(`deployments/${id}`, request))).data.may_become;
    expect(await mayBecome({})).to.deep.equal(transitions.active);
    expect(await mayBecome(acme)).to.deep.equal(['paused', 'cancelled']);
    await ok(test.api.post(`deployments/${id}/transition`, { to: 'suspended' }));
    expect(await mayBecome({})).to.deep.equal(['active', 'cancelled']);
    expect(await mayBecome(acme)).to.deep.equal([]);
  });

  it('changes name and LLM mode; only an admin suspends billing actions', async () => {
    const { id } = await created('patched');
    const patch = (body: unknown, request: { token?: string } = acme) =>
      test.api.patch(`deployments/${id}`, body, request);
    expect((await ok(patch({ display_name: 'New' }))).data).to.include({
      display_name: 'New',
      llm_mode: 'none',
    });
    const events = await test.eventCount();
    expect((await ok(patch({ display_name: 'New' }))).data.display_name).to.equal('New');
    expect(await test.eventCount()).to.equal(events);
    await problem(patch({}), 422);
    await problem(patch({ slug: 'other' }), 422, 'slug');
    for (const llm_mode of ['none', 'charges', 'allowance'])
      expect((await ok(patch({ llm_mode }))).data).to.include({ llm_mode });
    await problem(patch({ llm_mode: 'managed' }), 422, 'llm_mode');
    await problem(
      test.api.post('deployments', { slug: 'managed', display_name: 'Managed', llm_mode: 'managed' }, acme),
      422,
      'llm_mode',
    );
    await problem(patch({ billing_action_suspended: true }), 403);
    await ok(patch({ billing_action_suspended: true }, {}));
    expect((await ok(test.api.get(`deployments/${id}`, acme))).data).to.include({
      billing_action_suspended: true,
      display_name: 'New',
    });
  });

  it("refuses other transitions, naming the allowed targets, and an operator's by a tenant", async () => {
    const { id } = await created('moving');
    const go = (to: string, request: { token?: string } = acme) =>
      test.api.post(`deployments/${id}/transition`, { to, reason: 'because' }, request);
    const refusal = await problem(go('archived'), 422);
    expect(refusal).to.deep.include({ from: 'active', to: 'archived', allowed: transitions.active });
    await problem(go('active'), 422);
    await problem(go('suspended'), 403);
    await problem(go('nowhere'), 422, 'to');
    expect((await ok(go('suspended', {}))).data.state).to.equal('suspended');
    await problem(go('active'), 403);
    await problem(go('cancelled'), 403);
    await ok(go('active', {}));
    await ok(go('paused'));
    await ok(go('cancelled'));
    await problem(go('archived'), 403);
    await ok(go('archived', {}));
    expect((await problem(go('active', {}), 422)).allowed).to.deep.equal([]);
    const { events } = (await ok(test.api.get(`deployments/${id}`, acme))).data;
    expect(
      events.slice(1).map((event: Json) => [event.data.to, event.data.reason, event.actor]),
    ).to.deep.equal([
      ['suspended', 'because', 'operator'],
      ['active', 'because', 'operator'],
      ['paused', 'because', 'user-of-acme'],
      ['cancelled', 'because', 'user-of-acme'],
      ['archived', 'because', 'operator'],
    ]);
    const { events: toAdmin } = (await ok(test.api.get(`deployments/${id}`))).data;
    expect(toAdmin.map((event: Json) => event.actor)).to.deep.equal([
      'user-of-acme',
      'admin-1',
      'admin-1',
      'user-of-acme',
      'user-of-acme',
      'admin-1',
    ]);
  });

  it('shows what was true, and what was known, at a given time', async () => {
    test.clock.set('2026-05-10T10:00:00.000Z');
    const { id } = await created('past');
    test.clock.set('2026-05-12T10:00:00.000Z');
    await ok(test.api.post(`deployments/${id}/transition`, { to: 'paused' }, acme));
    test.clock.set('2026-05-14T10:00:00.000Z');
    await ok(test.api.patch(`deployments/${id}`, { display_name: 'Later' }, acme));
    const read = async (query: string) => (await ok(test.api.get(`deployments/${id}?${query}`, acme))).data;
    expect(await read('as_of=2026-05-11')).to.include({ state: 'active', display_name: 'PAST' });
    expect(await read('as_of=2026-05-12')).to.include({
      state: 'paused',
      display_name: 'PAST',
      updated_at: '2026-05-12T10:00:00.000Z',
    });
    expect(await read('as_of=2026-05-12T09:59:59Z')).to.include({ state: 'active' });
    expect(await read('known_at=2026-05-13')).to.include({ state: 'paused', display_name: 'PAST' });
    expect((await read('known_at=2026-05-10')).events).to.have.length(1);
    expect(await read('')).to.include({ state: 'paused', display_name: 'Later' });
    await problem(test.api.get(`deployments/${id}?as_of=2026-05-09`, acme), 404);
    await problem(test.api.get(`deployments/${id}?as_of=yesterday`, acme), 422, 'as_of');
  });

  it('answers a repeated Idempotency-Key with the first result', async () => {
    const headers = { 'idempotency-key': 'create-1' };
    const first = await ok(
      test.api.post('deployments', { slug: 'once', display_name: 'Once' }, { ...acme, headers }),
      201,
    );
    const events = await test.eventCount();
    expect(
      await ok(
        test.api.post('deployments', { slug: 'once', display_name: 'Once' }, { ...acme, headers }),
        201,
      ),
    ).to.deep.equal(first);
    expect(await test.eventCount()).to.equal(events);
  });
});
