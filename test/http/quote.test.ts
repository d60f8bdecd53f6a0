import { expect } from 'chai';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { rollup, subscribed } from '../support/http/invoices-month.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken, tenantToken } from '../support/http/tokens.ts';

describe('quote over HTTP', () => {
  let test: TestLedger;
  const token = tenantToken('acme');
  const quote = (body: unknown, request: { token?: string } = { token }) =>
    test.api.post('quote', body, request);
  before(async () => {
    test = await startTestLedger({ now: '2026-05-20T10:00:00.000Z' });
    await seedCatalog(test.ledger, () => test.meta());
    await test.settled();
  });
  after(() => test.close());

  it('quotes studio alone at 5000, with no overage', async () => {
    const { data } = await ok(
      quote({ plan_code: 'studio', addons: [], projected_usage: {}, starts_on: '2026-05-01' }),
    );
    expect(data).to.include({
      plan_code: 'studio',
      plan_version: 1,
      currency: 'AUD',
      all_in_monthly_cents: 5000,
    });
    expect(data.recurring.total_cents).to.equal(5000);
    expect(data.first_invoice).to.include({ days_remaining: 31, days_in_month: 31, total_cents: 5000 });
    expect(data.overage).to.deep.equal({ lines: [], total_cents: 0 });
    expect(data.unpriced).to.deep.equal([]);
  });

  it('quotes studio with storage_50gb from 20 May to the cent', async () => {
    const { data } = await ok(
      quote({
        plan_code: 'studio',
        addons: ['storage_50gb'],
        starts_on: '2026-05-20',
        projected_usage: {
          llm_tokens: '1500000',
          spaces_gb_month: 200,
          droplet_hours: '1488',
          dns_zones: 0.65,
        },
      }),
    );
    expect(data.recurring.total_cents).to.equal(5750);
    expect(data.first_invoice).to.include({ days_remaining: 12, days_in_month: 31, total_cents: 2225 });
    expect(data.first_invoice.lines.map((line: { amount_cents: number }) => line.amount_cents)).to.deep.equal(
      [1935, 290],
    );
    expect(
      data.overage.lines.map((line: { resource_kind: string; amount_cents: number }) => [
        line.resource_kind,
        line.amount_cents,
      ]),
    ).to.have.deep.members([
      ['llm_tokens', 500],
      ['spaces_gb_month', 100],
    ]);
    expect(data.all_in_monthly_cents).to.equal(6350);
    expect(data.recurring.lines[1].description).to.equal('Addon: storage_50gb');
  });

  it('starts today by default, and counts a repeated addon as two packs', async () => {
    const { data } = await ok(quote({ plan_code: 'starter', addons: ['storage_50gb', 'storage_50gb'] }));
    expect(data.first_invoice.days_remaining).to.equal(12);
    expect(
      data.recurring.lines.map((line: { qty: string; amount_cents: number }) => [
        line.qty,
        line.amount_cents,
      ]),
    ).to.deep.equal([
      ['1', 2000],
      ['2', 1500],
    ]);
  });

  it('names usage that nothing prices, and prices it once a resource price is in force', async () => {
    const body = { plan_code: 'starter', projected_usage: { llm_tokens: '2000' }, starts_on: '2026-05-01' };
    expect((await ok(quote(body))).data).to.deep.include({
      unpriced: ['llm_tokens'],
      all_in_monthly_cents: 2000,
    });
    await ok(
      test.api.post('catalog/resource-prices', {
        resource_kind: 'llm_tokens',
        unit: '1k_tokens',
        price_cents: 3,
        effective_from: '2026-05-31',
      }),
      201,
    );
    expect((await ok(quote(body))).data).to.deep.include({ unpriced: [], all_in_monthly_cents: 2006 });
    expect((await ok(quote({ ...body, starts_on: '2026-04-01' }))).data.unpriced).to.deep.equal([
      'llm_tokens',
    ]);
  });

  it('takes 200 kinds and 200 addons, and stores nothing', async () => {
    const kinds = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`kind-${index}`, '1']));
    const body = {
      plan_code: 'studio',
      projected_usage: kinds(200),
      addons: Array.from({ length: 200 }, () => 'storage_50gb'),
    };
    const keyed = { token, headers: { 'idempotency-key': 'quote-1' } };
    for (let asked = 0; asked < 2; asked += 1) {
      const answer = await test.api.post('quote', body, keyed);
      expect([
        answer.status,
        answer.body.data?.unpriced?.length,
        answer.headers.get('idempotency-replayed'),
      ]).to.deep.equal([200, 200, null]);
    }
    expect(await test.sql`select count(*)::int as keys from idempotency_keys`).to.deep.equal([{ keys: 0 }]);
    await problem(quote({ ...body, projected_usage: kinds(201) }), 422, 'projected_usage');
    await problem(quote({ ...body, addons: [...body.addons, 'storage_50gb'] }), 422, 'addons');
  });

  it('refuses what the catalog does not have, and names the field', async () => {
    await problem(quote({ plan_code: 'nope' }), 422, 'plan_code');
    await problem(quote({ plan_code: 'starter', version: 9 }), 422, 'version');
    await problem(quote({ plan_code: 'starter', addons: ['storage_50gb', 'nope'] }), 422, 'addons.1');
    await problem(
      quote({ plan_code: 'starter', projected_usage: { droplet_hours: '-1' } }),
      422,
      'projected_usage.droplet_hours',
    );
    await problem(
      quote({ plan_code: 'starter', projected_usage: { droplet_hours: -1.5 } }),
      422,
      'projected_usage.droplet_hours',
    );
    await problem(quote({ plan_code: 'starter', starts_on: '2026-02-30' }), 422, 'starts_on');
    await problem(
      quote({ plan_code: 'starter', projected_usage: { dns_zones: '999999999999999' } }),
      422,
      'projected_usage',
    );
    await problem(quote({ plan_code: 'starter', surprise: 1 }), 422, 'surprise');
    await problem(quote({ plan_code: 'starter' }, { token: serviceToken() }), 403);
  });

  it('lets only an admin quote a draft', async () => {
    await ok(test.api.post('catalog/plans/pro/versions', { base_price_cents: 13000, items: [] }), 201);
    expect((await problem(quote({ plan_code: 'pro', version: 2 }), 422)).type).to.contain('plan-draft');
    const { data } = await ok(test.api.post('quote', { plan_code: 'pro', version: 2 }));
    expect(data).to.include({ plan_version: 2, all_in_monthly_cents: 13000 });
    expect((await ok(quote({ plan_code: 'pro' }))).data.plan_version).to.equal(1);
  });

  it('is what the invoice of a deployment bills, whose addons keep their prices', async () => {
    const site = await subscribed(test, 'acme', 'site', {
      ...{ plan_code: 'starter', addons: ['storage_50gb', 'storage_50gb'], starts_on: '2026-05-20' },
    });
    const addon = {
      ...{ code: 'storage_50gb', name: 'Storage', resource_kind: 'spaces_gb_month', qty: '50' },
      price_cents: 990,
    };
    await ok(test.api.post('catalog/addons', addon), 201);
    const asked = { plan_code: 'starter', starts_on: '2026-05-20', deployment_id: site };
    const { data } = await ok(quote(asked));
    test.clock.set('2026-06-01T10:00:00.000Z');
    await rollup(test, { period: '2026-05' });
    await test.settled();
    const [invoice] = (await ok(test.api.get('invoices?tenant_id=acme&period=2026-05'))).data;
    const { lines } = (await ok(test.api.get(`invoices/${invoice.id}`))).data;
    const billed = lines.filter(({ kind }: Json) => kind === 'plan_base' || kind === 'addon');
    const shown = (line: Json) => [line.kind, line.unit_price_cents, line.amount_cents];
    expect(data.first_invoice.lines.map(shown)).to.deep.equal(billed.map(shown));
    expect(data.first_invoice.lines[1].unit_price_cents).to.equal(750);
    const more = (await ok(quote({ ...asked, addons: ['storage_50gb'] }))).data;
    expect(more.recurring.total_cents).to.equal(data.recurring.total_cents + 990);
    await problem(quote(asked, { token: tenantToken('globex') }), 404);
    await problem(quote({ ...asked, deployment_id: 'none' }), 404);
  });
});
