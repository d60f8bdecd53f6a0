import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import {
  amounts,
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';

const april = (tenant: string) => invoiceId(tenant, '2026-04-01');

describe('odd rates of tax', () => {
  let ledger: TestLedger;
  afterEach(() => ledger.close());
  const billed = async (rate: string): Promise<Json> => {
    ledger = await seededLedger({ tax: { name: 'VAT', rate } });
    const site = await subscribed(ledger, 'acme', 'site');
    for (const n of [1, 2, 3])
      await charge(ledger, 'acme', site, `r-${n}`, '0.333333333333', '2026-04-30T23:59:59.999Z');
    await ledger.settled();
    await rollup(ledger);
    return invoiceOf(ledger, april('acme'));
  };

  it('at 0 there is no tax line', async () => {
    const invoice = await billed('0');
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['llm_usage', 1],
    ]);
    expect(invoice).to.include({
      subtotal_cents: 5001,
      tax_cents: 0,
      total_cents: 5001,
      tax_name: 'VAT',
      tax_rate: '0',
    });
  });

  it('at 7.7 % the subtotal is taxed once', async () => {
    const invoice = await billed('0.0770');
    // 5001 × 0.077 = 385.077.
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['llm_usage', 1],
      ['tax', 385],
    ]);
    expect(invoice.lines[2]).to.include({
      description: 'VAT 7.7 %',
      deployment_id: null,
      resource_kind: null,
    });
  });
});

describe('the accrual at the edges of a month', () => {
  let ledger: TestLedger;
  after(() => ledger.close());

  it('is that of the month which the instant belongs to', async () => {
    ledger = await seededLedger({ now: '2026-03-31T23:59:59.999Z' });
    const site = await subscribed(ledger, 'acme', 'site', { starts_on: '2026-03-31' });
    const trial = (
      await ok(
        ledger.api.post('deployments', {
          tenant_id: 'acme',
          slug: 'trial',
          display_name: 'T',
          state: 'trial',
        }),
        201,
      )
    ).data.id;
    await ok(ledger.api.post(`deployments/${trial}/subscribe`, { plan_code: 'pro' }), 201);
    const accrual = async () => {
      const {
        forecast: _total,
        subscriptions,
        ...month
      } = (await ok(ledger.api.get('dashboard/accrual'))).data;
      return { ...month, subscriptions: subscriptions.map(({ forecast: _own, ...one }: Json) => one) };
    };
    const row = {
      deployment_id: site,
      tenant_id: 'acme',
      plan_code: 'studio',
      overage_cents: 0,
      llm_cents: 0,
      charges_cents: 0,
    };
    expect(await accrual()).to.deep.equal({
      period: '2026-03-01',
      as_of: '2026-03-31T23:59:59.999Z',
      total_cents: 161,
      subscriptions: [{ ...row, recurring_cents: 161, total_cents: 161 }],
      not_billable: [],
    });
    ledger.clock.set('2026-04-01T00:00:00.000Z');
    expect(await accrual()).to.deep.equal({
      period: '2026-04-01',
      as_of: '2026-04-01T00:00:00.000Z',
      total_cents: 5000,
      subscriptions: [{ ...row, recurring_cents: 5000, total_cents: 5000 }],
      not_billable: [],
    });
    ledger.clock.set('2026-04-30T23:59:59.999Z');
    await meter(ledger, 'acme', site, '2026-04-29', [{ resource_kind: 'droplet_hours', qty: '2160' }]);
    await ledger.settled();
    const last = await accrual();
    expect(last).to.deep.include({
      period: '2026-04-01',
      total_cents: 5672,
      subscriptions: [{ ...row, recurring_cents: 5000, overage_cents: 672, total_cents: 5672 }],
    });
    await problem(ledger.api.post('invoices/rollup', { period: '2026-04' }), 422);
    ledger.clock.set('2026-05-01T00:00:00.000Z');
    await rollup(ledger);
    expect(
      (await invoiceOf(ledger, april('acme'))).subtotal_cents,
      "the month's last accrual is its invoice",
    ).to.equal(last.total_cents);
  });
});

describe('usage and the invoice of a tenant with two deployments', () => {
  let ledger: TestLedger;
  after(() => ledger.close());

  it('name the same quantities, each deployment with its own allowance, for its tenant alone', async () => {
    ledger = await seededLedger();
    const [a, b] = [
      await subscribed(ledger, 'acme', 'a'),
      await subscribed(ledger, 'acme', 'b', { plan_code: 'starter' }),
    ];
    const other = await subscribed(ledger, 'globex', 'a');
    for (const [deployment, tenant, hours] of [
      [a, 'acme', '1500.125'],
      [b, 'acme', '743.5'],
      [other, 'globex', '9000'],
    ] as const) {
      await meter(ledger, tenant, deployment, '2026-04-15', [
        { resource_kind: 'droplet_hours', qty: hours },
        { resource_kind: 'dns_zones', qty: '4.004' },
      ]);
    }
    await ledger.settled();
    await rollup(ledger, { tenant_id: 'acme' });
    const { invoices } = await rollup(ledger);
    expect(invoices.map((one: Json) => [one.tenant_id, one.status])).to.deep.equal([
      ['acme', 'skipped'],
      ['globex', 'issued'],
    ]);
    const token = tenantToken('acme');
    const invoice = await invoiceOf(ledger, april('acme'), { token });
    // 12.125 hours at 1 cent are 12; 1.004 zones above 3 at 50 cents are 50.2.
    expect(
      invoice.lines
        .filter(({ kind }: Json) => kind === 'overage')
        .map((line: Json) => [line.deployment_id, line.resource_kind, line.qty, line.amount_cents]),
    ).to.have.deep.members([
      [a, 'droplet_hours', '12.125', 12],
      [b, 'dns_zones', '1.004', 50],
    ]);
    expect(invoice).to.include({ subtotal_cents: 7062, tax_cents: 706, total_cents: 7768 });
    for (const line of invoice.lines.filter(({ kind }: Json) => kind === 'overage')) {
      const { data } = await ok(
        ledger.api.get(`usage?deployment_id=${line.deployment_id}&period=2026-04-30`, { token }),
      );
      expect(data.find((row: Json) => row.resource_kind === line.resource_kind).qty).to.equal(line.meta.used);
    }
    const { summary } = await ok(ledger.api.get('usage?period=2026-04', { token }));
    expect(summary).to.deep.equal({ dns_zones: '8.01', droplet_hours: '2243.63' });
    await problem(ledger.api.get(`invoices/${april('globex')}`, { token }), 404);
    expect(
      (await ok(ledger.api.get('invoices', { token }))).data.map((one: Json) => one.tenant_id),
    ).to.deep.equal(['acme']);
  });
});
