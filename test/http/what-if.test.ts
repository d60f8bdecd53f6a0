import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { purgeWhatIfs } from '../../src/invoicing/what-if-store.ts';
import { tablesOf } from '../support/read-models/tables.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { charge, meterMonth, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const droplets = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    resource_id: `droplet-${n}`,
    resource_kind: 'droplet_hours',
    qty: '24',
  }));

describe('what if, over HTTP', () => {
  let ledger: TestLedger;
  let site: string;
  let shop: string;
  const ask = async (overrides: Json, more: Json = { period: '2026-04' }): Promise<Json> =>
    (await ok(ledger.api.post('what-if', { ...more, overrides }), 201)).data;
  const refused = (overrides: Json, field: string, more: Json = { period: '2026-04' }) =>
    problem(ledger.api.post('what-if', { ...more, overrides }), 422, field);

  before(async () => {
    // 2026-05-09. acme is the golden invoice; globex holds the second version of studio.
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { addons: ['storage_50gb'] });
    await meterMonth(ledger, 'acme', site, '2026-04-01', droplets(3));
    const items = [
      { resource_kind: 'droplet_hours', included_qty: '744', overage_unit: 'hour', overage_price_cents: 2 },
      { resource_kind: 'dns_zones', included_qty: '1', overage_unit: 'zone', overage_price_cents: 50 },
    ];
    await ok(ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 6000, items }), 201);
    await ok(ledger.api.post('catalog/plans/studio/versions/2/publish'));
    shop = await subscribed(ledger, 'globex', 'shop');
    await meterMonth(ledger, 'globex', shop, '2026-04-01', droplets(2));
    await charge(ledger, 'globex', shop, 'request-1', '10.4', '2026-04-03T00:00:00.000Z');
    await subscribed(ledger, 'initech', 'blog', { plan_code: 'starter' });
    await ok(
      ledger.api.post('catalog/plans/studio/versions', { base_price_cents: 5500, items: items.slice(0, 1) }),
      201,
    );
    await ledger.settled();
    await rollup(ledger);
  });
  after(() => ledger.close());

  it('golden: studio + storage_50gb, 3 droplets in April: 7064; overage at 2 cents: 7803', async () => {
    const result = await ask({
      plans: { studio: { version: 1, items: { droplet_hours: { overage_price_cents: 2 } } } },
    });
    // 672 hours more at one cent: 672, and 67.2 of tax on 7094 in all.
    const [acme] = result.tenants;
    expect(acme).to.deep.include({
      tenant_id: 'acme',
      before_cents: 7064,
      after_cents: 7803,
      delta_cents: 739,
      issued_cents: 7064,
      affected: [site],
      grandfathered: [],
    });
    expect(acme.lines).to.deep.equal([
      {
        deployment_id: site,
        kind: 'plan_base',
        resource_kind: null,
        before_cents: 5000,
        after_cents: 5000,
        delta_cents: 0,
      },
      {
        deployment_id: site,
        kind: 'addon',
        resource_kind: 'spaces_gb_month',
        before_cents: 750,
        after_cents: 750,
        delta_cents: 0,
      },
      {
        deployment_id: site,
        kind: 'overage',
        resource_kind: 'droplet_hours',
        before_cents: 672,
        after_cents: 1344,
        delta_cents: 672,
      },
      {
        deployment_id: null,
        kind: 'tax',
        resource_kind: null,
        before_cents: 642,
        after_cents: 709,
        delta_cents: 67,
      },
    ]);
    const before = 7064 + globexBefore + 2200;
    expect(result).to.deep.include({
      period: '2026-04-01',
      ended: true,
      before: { total_cents: before },
      after: { total_cents: before + 739 },
      issued: { total_cents: before },
      delta_cents: 739,
      subscriptions: { affected: 1, grandfathered: 1, untouched: 1 },
      not_billable: [],
      margin_unavailable: null,
    });
  });

  // 6000 + (1440 − 744) × 2 + 10, and a tenth of it.
  const globexBefore = 7402 + 740;

  it('distinguishes those that keep their version from those concerned', async () => {
    const { tenants, subscriptions } = await ask({
      plans: { studio: { version: 2, base_price_cents: 7000 } },
    });
    expect(
      tenants.map(({ tenant_id, delta_cents, affected, grandfathered }: Json) => ({
        tenant_id,
        delta_cents,
        affected,
        grandfathered,
      })),
    ).to.deep.equal([
      { tenant_id: 'acme', delta_cents: 0, affected: [], grandfathered: [site] },
      { tenant_id: 'globex', delta_cents: 1100, affected: [shop], grandfathered: [] },
      { tenant_id: 'initech', delta_cents: 0, affected: [], grandfathered: [] },
    ]);
    expect(subscriptions).to.deep.equal({ affected: 1, grandfathered: 1, untouched: 1 });
    const all = await ask({ plans: { studio: { base_price_cents: 7000 } } });
    expect(all.tenants.map(({ delta_cents }: Json) => delta_cents)).to.deep.equal([2200, 1100, 0]);
    // Only the first version has tokens to speak of.
    expect(
      (await ask({ plans: { studio: { items: { llm_tokens: { overage_price_cents: 9 } } } } })).subscriptions,
    ).to.deep.equal({ affected: 1, grandfathered: 1, untouched: 1 });
  });

  it('takes the terms of a draft, and what is said beside them', async () => {
    const draft = await ask({ plans: { studio: { version: 1, terms_of_version: 3 } } });
    // 5500 + 750 + (2160 − 744) × 2.
    expect(draft.tenants[0]).to.include({ tenant_id: 'acme', before_cents: 7064, after_cents: 9082 + 908 });
    const more = await ask({
      plans: {
        studio: {
          version: 1,
          terms_of_version: 3,
          base_price_cents: 5000,
          items: { droplet_hours: { included_qty: 1488, hard_cap_qty: '100.5' } },
        },
      },
    });
    // 100.5 hours at 2.
    expect(more.tenants[0]).to.include({ after_cents: 5951 + 595 });
    const uncapped = await ask({
      plans: { studio: { version: 1, items: { droplet_hours: { hard_cap_qty: null } } } },
    });
    expect(uncapped.tenants[0])
      .to.include({ delta_cents: 0 })
      .and.to.deep.include({ affected: [site] });
  });

  it('takes addons in every snapshot, and the tax', async () => {
    const addon = await ask({ addons: { storage_50gb: { price_cents: 500 } } });
    expect(addon.tenants.map(({ delta_cents }: Json) => delta_cents)).to.deep.equal([-275, 0, 0]);
    expect(addon.subscriptions).to.deep.equal({ affected: 1, grandfathered: 0, untouched: 2 });
    const tax = await ask({ tax_rate: '0.15' });
    expect(tax.tenants.map(({ after_cents }: Json) => after_cents)).to.deep.equal([
      6422 + 963,
      7402 + 1110,
      2300,
    ]);
    expect(tax.subscriptions).to.deep.equal({ affected: 0, grandfathered: 0, untouched: 3 });
    expect((await ask({ tax_rate: 0 })).tenants[2].lines.at(-1)).to.deep.equal({
      deployment_id: null,
      kind: 'tax',
      resource_kind: null,
      before_cents: 200,
      after_cents: 0,
      delta_cents: -200,
    });
  });

  it('changes nothing: no table of a read model, and no event', async () => {
    const state = async () => ({
      tables: await tablesOf(ledger.sql),
      journal: await ledger.sql`select * from journal order by position`,
    });
    const before = await state();
    expect((await ask({})).delta_cents).to.equal(0);
    await ask(
      {
        plans: { studio: { terms_of_version: 3 } },
        addons: { storage_50gb: { price_cents: 1 } },
        tax_rate: '0.5',
      },
      { periods: ['2026-04', '2026-05'] },
    );
    await ledger.settled();
    expect(await state()).to.deep.equal(before);
  });

  it('keeps each result; a repeated request answers the first', async () => {
    const body = { period: '2026-04-17', overrides: { tax_rate: '0.2' } };
    const headers = { 'idempotency-key': 'what-if-1' };
    const first = (await ok(ledger.api.post('what-if', body, { headers }), 201)).data;
    expect(first).to.deep.include({
      period: '2026-04-01',
      overrides: { tax_rate: '0.2' },
      created_at: ledger.clock.now(),
      inputs_position: await ledger.eventCount(),
    });
    const kept = async () =>
      (await ledger.sql`select id, actor from what_if_results where id = ${first.id}`).map((row) => ({
        ...row,
      }));
    expect(await kept()).to.deep.equal([{ id: first.id, actor: 'admin-1' }]);
    expect((await ok(ledger.api.post('what-if', body, { headers }), 201)).data).to.deep.equal(first);
    // The process died after the result was kept and before its answer was: the next try finds it.
    await ledger.sql`update idempotency_keys
      set status = null, body = null, completed_at = null, position = null, lease_until = '-infinity'`;
    ledger.clock.advance(1000);
    expect((await ok(ledger.api.post('what-if', body, { headers }), 201)).data).to.deep.equal(first);
    expect((await ok(ledger.api.get(`what-if/${first.id}`))).data).to.deep.equal(first);
    expect((await ledger.api.post('what-if', { ...body, period: '2026-05' }, { headers })).status).to.equal(
      409,
    );
    expect((await ask({ tax_rate: '0.2' })).id).to.not.equal(first.id);
    await problem(ledger.api.get('what-if/nothing-of-this-id'), 404);
    await problem(ledger.api.get(`what-if/${first.id}`, { token: tenantToken('acme') }), 403);
  });

  it("forgets results after 90 days of the ledger's clock", async () => {
    const made = ledger.clock.now();
    const { id } = await ask({ tax_rate: '0.3' });
    const at = (days: number): void => {
      ledger.clock.set(new Date(Date.parse(made) + days * 86_400_000 + 1_000).toISOString());
    };
    try {
      at(89);
      expect(await purgeWhatIfs(ledger.sql, ledger.clock.now())).to.equal(0);
      await ok(ledger.api.get(`what-if/${id}`));
      at(90);
      await problem(ledger.api.get(`what-if/${id}`), 404);
      expect(await purgeWhatIfs(ledger.sql, ledger.clock.now())).to.be.at.least(1);
      expect(await ledger.sql`select id from what_if_results where id = ${id}`).to.have.length(0);
    } finally {
      ledger.clock.set(made);
    }
  });

  it('answers several months at once, each as alone, and their sums', async () => {
    const overrides = { plans: { studio: { base_price_cents: 4000 } } };
    const result = await ask(overrides, { periods: ['2026-05', '2026-04', '2026-03'] });
    const alone = await Promise.all(
      ['2026-05', '2026-04', '2026-03'].map((period) => ask(overrides, { period })),
    );
    expect(result).to.not.have.property('period');
    expect(result.periods).to.deep.equal(
      alone.map(
        ({ id: _id, created_at: _at, inputs_position: _position, overrides: _asked, ...month }) => month,
      ),
    );
    expect(result.periods.map(({ period, ended }: Json) => [period, ended])).to.deep.equal([
      ['2026-05-01', false],
      ['2026-04-01', true],
      ['2026-03-01', true],
    ]);
    expect(result.delta_cents).to.equal(2 * (-1100 - 2200));
    const [april, may] = [alone[1], alone[0]];
    expect(result.before.total_cents).to.equal(april.before.total_cents + may.before.total_cents);
    expect(result.issued).to.deep.equal(april.issued);
    expect(result.tenants[0]).to.deep.equal({
      tenant_id: 'acme',
      before_cents: 7064 + 6325,
      after_cents: 7064 + 6325 - 2200,
      delta_cents: -2200,
      issued_cents: 7064,
    });
    expect(result.margin).to.deep.include({
      issued: april.margin.issued,
      currency: 'AUD',
      unattributed_cents: 0,
    });
    expect(result.margin.after.revenue_cents).to.equal(
      april.margin.after.revenue_cents + may.margin.after.revenue_cents,
    );
  });

  it('counts as issued what stands: neither a void invoice nor what came late', async () => {
    const late = await seededLedger();
    try {
      const deployment = await subscribed(late, 'acme', 'site', { plan_code: 'starter' });
      await subscribed(late, 'globex', 'site', { plan_code: 'starter' });
      await late.settled();
      await rollup(late);
      await ok(late.api.post(`invoices/${invoiceId('globex', '2026-04-01')}/void`));
      await charge(late, 'acme', deployment, 'late-1', '1000', '2026-04-30T00:00:00.000Z');
      const { data } = await ok(late.api.post('what-if', { period: '2026-04', overrides: {} }), 201);
      expect(data).to.deep.include({
        before: { total_cents: 5500 },
        after: { total_cents: 5500 },
        issued: { total_cents: 2200 },
        delta_cents: 0,
      });
      expect(
        data.tenants.map(({ before_cents, issued_cents }: Json) => [before_cents, issued_cents]),
      ).to.deep.equal([
        [3300, 2200],
        [2200, null],
      ]);
      expect(data.margin.issued.revenue_cents).to.equal(2000);
    } finally {
      await late.close();
    }
  });

  it('refuses what the catalog does not have, by its path', async () => {
    const codeOf = async (overrides: Json, field: string): Promise<string> =>
      (await refused(overrides, field)).type.split(':').at(-1);
    expect(await codeOf({ plans: { nothing: { base_price_cents: 1 } } }, 'overrides.plans.nothing')).to.equal(
      'unknown-plan',
    );
    expect(
      await codeOf({ plans: { constructor: { base_price_cents: 1 } } }, 'overrides.plans.constructor'),
    ).to.equal('unknown-plan');
    expect(await codeOf({ plans: { studio: { version: 4 } } }, 'overrides.plans.studio.version')).to.equal(
      'unknown-plan',
    );
    expect(
      await codeOf({ plans: { studio: { terms_of_version: 4 } } }, 'overrides.plans.studio.terms_of_version'),
    ).to.equal('unknown-plan');
    expect(
      await codeOf({ addons: { storage_1gb: { price_cents: 1 } } }, 'overrides.addons.storage_1gb'),
    ).to.equal('unknown-addon');
    const item = 'overrides.plans.studio.items';
    expect(
      await codeOf(
        { plans: { studio: { items: { gpu_hours: { overage_price_cents: 1 } } } } },
        `${item}.gpu_hours`,
      ),
    ).to.equal('invalid-input');
    // The first version has it, the second has not, nor has the draft.
    await refused({ plans: { studio: { version: 2, items: { llm_tokens: {} } } } }, `${item}.llm_tokens`);
    await refused(
      { plans: { studio: { version: 1, terms_of_version: 3, items: { dns_zones: {} } } } },
      `${item}.dns_zones`,
    );
    const { errors, detail } = await refused(
      { plans: { a: {}, studio: { version: 9 } }, addons: { b: { price_cents: 1 } } },
      'overrides.plans.a',
    );
    expect(errors.map(({ path }: Json) => path)).to.deep.equal([
      'overrides.plans.a',
      'overrides.plans.studio.version',
      'overrides.addons.b',
    ]);
    expect(detail).to.contain('overrides.addons.b: no such addon');
  });

  it('refuses invalid input, by its path', async () => {
    await refused({ plans: { studio: { base_price_cents: -1 } } }, 'overrides.plans.studio.base_price_cents');
    await refused(
      { plans: { studio: { items: { droplet_hours: { overage_price_cents: 1.5 } } } } },
      'overrides.plans.studio.items.droplet_hours.overage_price_cents',
    );
    await refused(
      { plans: { studio: { items: { droplet_hours: { included_qty: '-1' } } } } },
      'overrides.plans.studio.items.droplet_hours.included_qty',
    );
    await refused({ plans: { studio: { price: 1 } } }, 'overrides.plans.studio.price');
    await refused({ addons: { storage_50gb: {} } }, 'overrides.addons.storage_50gb.price_cents');
    for (const tax_rate of ['1.01', '15%', '-0.1', 2]) await refused({ tax_rate }, 'overrides.tax_rate');
    await refused({ prices: {} }, 'overrides.prices');
    await refused(JSON.parse('{"plans":{"__proto__":{"base_price_cents":1}}}'), 'overrides.plans.__proto__');
    await refused(
      {
        addons: Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`addon-${n}`, { price_cents: 1 }])),
      },
      'overrides.addons',
    );
    await refused({}, 'period', {});
    await refused({}, 'period', { period: '2026-06' });
    await refused({}, 'periods', { period: '2026-04', periods: ['2026-04'] });
    await refused({}, 'periods', { periods: [] });
    await refused({}, 'periods', { periods: Array.from({ length: 13 }, (_, n) => `20${String(10 + n)}-01`) });
    await refused({}, 'periods.1', { periods: ['2026-04', '2026-04-30'] });
    await refused({}, 'periods.1', { periods: ['2026-05', '2026-06'] });
    await refused({ plans: { studio: { base_price_cents: Number.MAX_SAFE_INTEGER } } }, 'overrides');
    await refused({ plans: { studio: { base_price_cents: 5_000_000_000_000_000 } } }, 'overrides');
    await problem(
      ledger.api.post('what-if', { period: '2026-04', overrides: {} }, { token: tenantToken('acme') }),
      403,
    );
  });
});
