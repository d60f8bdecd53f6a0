import { expect } from 'chai';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { syncAll } from '../support/processes/sync-run.ts';

describe('shared cost over HTTP', () => {
  let ledger: TestLedger;
  const set = (body: Json) =>
    ok(ledger.api.put('cost-sharing', { effective_from: '2026-04-01', ...body })).then(({ data }) => data);
  const margin = async (query = ''): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/margin?period=2026-04${query}`))).data;
  const leakage = async (): Promise<Json> =>
    (await ok(ledger.api.get('dashboard/leakage?period=2026-04'))).data;
  const shares = ({ tenants }: Json): Json =>
    Object.fromEntries(tenants.map((one: Json) => [one.tenant_id, one.shared_cents]));

  before(async () => {
    ledger = await seededLedger({ digitalOcean: {} });
    await syncAll(ledger);
    await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'acme', 'shop');
    await subscribed(ledger, 'bistro', 'site', { starts_on: '2026-04-30' });
    await subscribed(ledger, 'cafe', 'site', { starts_on: '2026-05-01' });
    await ok(ledger.api.post('billing/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25/ingest'));
    await ledger.settled();
  });
  after(() => ledger.close());

  it('is none by default, refuses bad rules with the field, and is for the operator only', async () => {
    expect((await margin()).overall).to.include({ direct_cents: 3982, shared_cents: 0 });
    await problem(ledger.api.put('cost-sharing', { rule: 'fair' }), 422, 'rule');
    await problem(ledger.api.put('cost-sharing', {}), 422, 'rule');
    await problem(ledger.api.put('cost-sharing', { rule: 'even', kinds: ['cheese'] }), 422);
    await problem(ledger.api.put('cost-sharing', { rule: 'even', kinds: [] }), 422, 'kinds');
    await problem(ledger.api.put('cost-sharing', { rule: 'even', tax_is_cost: 'no' }), 422, 'tax_is_cost');
    await problem(
      ledger.api.put('cost-sharing', { rule: 'even', effective_from: '2026-04-31' }),
      422,
      'effective_from',
    );
    const token = tenantToken('acme');
    await problem(ledger.api.put('cost-sharing', { rule: 'even' }, { token }), 403);
    await problem(ledger.api.get('cost-sharing', { token }), 403);
  });

  it('spreads what belongs to no tenant over those in force, but for tax', async () => {
    const before = ledger.clock.now();
    ledger.clock.advance(60_000);
    expect(await set({ rule: 'even' })).to.deep.equal({
      rule: 'even',
      kinds: null,
      tax_is_cost: false,
      effective_from: '2026-04-01',
    });
    await ledger.settled();
    const even = await margin();
    expect(even.overall).to.include({
      cogs_cents: 8692,
      direct_cents: 3982,
      shared_cents: 3920,
      unattributed_cents: 790,
    });
    expect(shares(even)).to.include({ acme: 1960, bistro: 1960 });
    expect(shares(even)).not.to.have.property('cafe');
    const own = even.deployments.filter(({ tenant_id }: Json) => tenant_id === 'acme');
    expect(own.map((one: Json) => one.shared_cents)).to.deep.equal([980, 980]);
    expect((await margin(`&known_at=${before}`)).overall).to.include({ shared_cents: 0 });
    const { items, total_cents } = await leakage();
    expect(total_cents, 'no tenant has revenue').to.equal(8692);
    expect(items.filter((one: Json) => one.reason === 'shared')).to.have.length(2);
  });

  it('is by kind, with tax where that is a cost, by the rule of the last day', async () => {
    await set({ rule: 'even', kinds: ['tax'], tax_is_cost: true, effective_from: '2026-04-30' });
    await set({ rule: 'none', effective_from: '2026-05-01' });
    await ledger.settled();
    expect((await margin()).overall).to.include({ shared_cents: 790, unattributed_cents: 3920 });
    const events = await ledger.eventCount();
    await set({ rule: 'even', kinds: ['tax'], tax_is_cost: true, effective_from: '2026-04-30' });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('is by revenue, so that no tenant without any bears it, and the leakage agrees', async () => {
    await rollup(ledger, { tenant_id: 'acme' });
    await set({ rule: 'by_revenue', effective_from: '2026-04-30' });
    await ledger.settled();
    const answer = await margin();
    expect(shares(answer).acme).to.equal(3920);
    expect(answer.tenants.map((one: Json) => one.tenant_id)).not.to.include('bistro');
    expect((await leakage()).total_cents).to.equal(8692 - 3920);
    const { data } = await ok(ledger.api.post('what-if', { period: '2026-04', overrides: {} }), 201);
    expect(data.margin.issued.cogs_cents).to.equal(answer.overall.cogs_cents);
    expect(data.margin.unattributed_cents).to.equal(answer.overall.unattributed_cents);
    const acme = data.tenants.find((one: Json) => one.tenant_id === 'acme');
    expect(acme.margin.before.cogs_cents).to.equal(3920);
    const first = await ok(ledger.api.get('cost-sharing?limit=2'));
    expect(first.data).to.have.length(2);
    expect((await ok(ledger.api.get(`cost-sharing?cursor=${first.next_cursor}`))).data).to.have.length(2);
  });
});
