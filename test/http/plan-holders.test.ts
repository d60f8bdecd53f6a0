import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('who holds a plan, over HTTP', () => {
  let ledger: TestLedger;
  const ids: Record<string, string> = {};
  before(async () => {
    ledger = await seededLedger();
    ids['site'] = await subscribed(ledger, 'acme', 'site');
    ids['paused'] = await subscribed(ledger, 'acme', 'paused');
    ids['gone'] = await subscribed(ledger, 'globex', 'gone');
    await ok(ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 6000, items: [] }), 201);
    await ok(ledger.api.post('catalog/plans/studio/versions/2/publish'));
    await ok(ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 7000, items: [] }), 201);
    ids['shop'] = await subscribed(ledger, 'globex', 'shop');
    ids['later'] = await subscribed(ledger, 'globex', 'later', { starts_on: '2026-06-01' });
    const to = (id: string | undefined, state: string) =>
      ok(ledger.api.post(`deployments/${id ?? ''}/transition`, { to: state, reason: 'asked for' }));
    await to(ids['paused'], 'paused');
    await to(ids['gone'], 'cancelled');
    await ledger.settled();
  });
  after(() => ledger.close());

  it('every version has its state, its holders and what their base prices come to', async () => {
    const { data } = await ok(ledger.api.get('catalog/plan-versions?plan_code=studio'));
    const shown = data.map((row: Json) => [
      row.version,
      row.status,
      row.base_price_cents,
      row.subscriptions,
      row.billed,
      row.tenants,
      row.monthly_base_cents,
    ]);
    expect(shown).to.deep.equal([
      [1, 'retired', 5000, 2, 1, 1, 5000],
      [2, 'active', 6000, 2, 1, 1, 6000],
      [3, 'draft', 7000, 0, 0, 0, 0],
    ]);
    expect(data[2]).to.include({ plan_name: 'Studio', published_at: null, retired_at: null });
  });

  it('all plans are listed in pages', async () => {
    const all = await ok(ledger.api.get('catalog/plan-versions'));
    const first = await ok(ledger.api.get('catalog/plan-versions?limit=3'));
    const second = await ok(ledger.api.get(`catalog/plan-versions?limit=3&cursor=${first.next_cursor}`));
    expect([...first.data, ...second.data]).to.deep.equal(all.data);
    expect(all.data.map((row: Json) => `${row.plan_code} ${row.version}`)).to.deep.equal([
      'pro 1',
      'starter 1',
      'studio 1',
      'studio 2',
      'studio 3',
    ]);
  });

  it('the holders of another version than the active one are grandfathered', async () => {
    const { data } = await ok(ledger.api.get('catalog/plans/studio/holders'));
    const shown = data.map((row: Json) => [
      row.tenant_id,
      row.slug,
      row.plan_version,
      row.grandfathered,
      row.billed,
    ]);
    expect(shown).to.have.deep.members([
      ['acme', 'site', 1, true, true],
      ['acme', 'paused', 1, true, false],
      ['globex', 'shop', 2, false, true],
      ['globex', 'later', 2, false, false],
    ]);
    expect(data.find((row: Json) => row.slug === 'site')).to.include({
      deployment_id: ids['site'],
      base_price_cents: 5000,
      starts_on: '2026-04-01',
      state: 'active',
      subscription_status: 'active',
    });
  });

  it('holders of one version, in pages', async () => {
    const first = await ok(ledger.api.get('catalog/plans/studio/holders?version=1&limit=1'));
    const second = await ok(
      ledger.api.get(`catalog/plans/studio/holders?version=1&limit=1&cursor=${first.next_cursor}`),
    );
    expect([...first.data, ...second.data].map(({ slug }: Json) => slug)).to.have.members(['site', 'paused']);
    expect(second.next_cursor).to.equal(null);
    await problem(ledger.api.get('catalog/plans/studio/holders?version=x'), 422, 'version');
  });

  it('a plan that is not there is a 404, and a tenant is refused', async () => {
    await problem(ledger.api.get('catalog/plans/nothing/holders'), 404);
    for (const path of ['catalog/plans/studio/holders', 'catalog/plan-versions'])
      await problem(ledger.api.get(path, { token: tenantToken('acme') }), 403);
  });
});
