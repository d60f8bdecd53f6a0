import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { charge, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

describe('leakage over HTTP', () => {
  let ledger: TestLedger;
  const leakage = async (period = '2026-04'): Promise<Json> =>
    (await ok(ledger.api.get(`dashboard/leakage?period=${period}`))).data;
  const deployment = async (tenant_id: string, slug = 'idle'): Promise<string> =>
    (await ok(ledger.api.post('deployments', { tenant_id, slug, display_name: slug }), 201)).data.id;
  beforeEach(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await rollup(ledger);
  });
  afterEach(() => ledger.close());

  it('is empty where everything is billed, and for the operator only', async () => {
    expect(await leakage()).to.deep.equal({
      period: '2026-04-01',
      currency: 'AUD',
      items: [],
      total_cents: 0,
      at_billed_tenants: [],
      at_billed_tenants_cents: 0,
    });
    await problem(ledger.api.get('dashboard/leakage?period=2026-04', { token: tenantToken('acme') }), 403);
    await problem(ledger.api.get('dashboard/leakage?period=2026-13'), 422, 'period');
  });

  it('has usage of days not in force, listed on an invoice or not, at the resource price', async () => {
    const idle = await deployment('initech');
    await meter(ledger, 'initech', idle, '2026-04-10', [
      { resource_kind: 'droplet_hours', qty: '24' },
      { resource_kind: 'backup_gb_month', qty: '10.5' },
    ]);
    await ok(
      ledger.api.post('catalog/resource-prices', {
        resource_kind: 'backup_gb_month',
        unit: 'gb',
        price_cents: 5,
        effective_from: '2026-04-01',
      }),
      201,
    );
    await ledger.settled();
    const item = { reason: 'unbilled-usage', tenant_id: 'initech', deployment_id: idle };
    const { items, total_cents } = await leakage();
    expect(items.map(({ detail: _detail, ...one }: Json) => one)).to.have.deep.members([
      { ...item, resource_kind: 'backup_gb_month', qty: '10.5', amount_cents: null, value_cents: 53 },
      { ...item, resource_kind: 'droplet_hours', qty: '24', amount_cents: null, value_cents: null },
    ]);
    expect(total_cents, 'no cost').to.equal(0);
    for (const { detail } of items) expect(detail.invoice_id).to.equal(null);
  });

  it('adds up where an amount is beyond what can be billed, which is null', async () => {
    const idle = await deployment('initech');
    const kinds = Object.entries({ gpu_a: 9_007_199_254_740, gpu_b: 9_007_199_254_740, gpu_c: 5 });
    for (const [resource_kind, price_cents] of kinds) {
      const price = { resource_kind, unit: 'hour', price_cents, effective_from: '2026-04-01' };
      await ok(ledger.api.post('catalog/resource-prices', price), 201);
    }
    await meter(
      ledger,
      'initech',
      idle,
      '2026-04-11',
      kinds.map(([resource_kind]) => ({ resource_kind, qty: '900' })),
    );
    await ledger.settled();
    const { items, total_cents } = await leakage();
    const amounts = items.map(({ resource_kind, value_cents }: Json) => [resource_kind, value_cents]).sort();
    expect(amounts).to.deep.equal([
      ['gpu_a', null],
      ['gpu_b', null],
      ['gpu_c', 4500],
    ]);
    expect(total_cents).to.equal(0);
  });

  it('has what arrived for a rolled-up month until the next rollup bills it', async () => {
    await charge(ledger, 'initech', await deployment('initech'), 'g-1', '9900', '2026-04-29T10:00:00.000Z');
    await ledger.settled();
    expect(await leakage()).to.deep.include({
      items: [
        {
          reason: 'awaiting-rollup',
          tenant_id: 'initech',
          deployment_id: null,
          resource_kind: null,
          qty: null,
          amount_cents: null,
          value_cents: 9900,
          detail: {},
        },
      ],
      total_cents: 0,
    });
    await rollup(ledger);
    expect((await leakage()).items).to.deep.equal([]);
  });

  it("has every tenant's month that has ended, until it is rolled up", async () => {
    expect((await leakage('2026-05')).items, 'it runs').to.deep.equal([]);
    ledger.clock.set('2026-06-02T00:10:00.000Z');
    const { items, total_cents } = await leakage('2026-05');
    expect(items.map((one: Json) => [one.reason, one.tenant_id])).to.deep.equal([
      ['awaiting-rollup', 'acme'],
    ]);
    await rollup(ledger, { period: '2026-05' });
    const {
      data: [invoice],
    } = await ok(ledger.api.get('invoices?period=2026-05'));
    expect([items[0].value_cents, total_cents]).to.deep.equal([invoice.subtotal_cents, 0]);
    expect((await leakage('2026-05')).items).to.deep.equal([]);
  });

  it('names a tenant whose month cannot be billed', async () => {
    const site = await deployment('gateway');
    for (const id of ['1', '2'])
      await charge(ledger, 'gateway', site, `g-${id}`, '999999999999999', '2026-04-02T10:00:00.000Z');
    await ledger.settled();
    for (const rolledUp of [false, true]) {
      if (rolledUp) await rollup(ledger);
      const { items, total_cents } = await leakage();
      expect(items.map((one: Json) => [one.reason, one.tenant_id, one.amount_cents])).to.deep.equal([
        ['not-billable', 'gateway', null],
      ]);
      expect(items[0].detail.because).to.match(
        /^the month comes to [\d,.]+ AUD, and at most 10,000,000,000\.00 can be billed$/,
      );
      expect(total_cents).to.equal(0);
    }
  });

  it('has what came late for a void invoice, until that is issued anew', async () => {
    const id = invoiceId('acme', '2026-04-01');
    const site = (await ok(ledger.api.get('deployments'))).data[0].id;
    await ok(ledger.api.post(`invoices/${id}/void`, { reason: 'wrong' }));
    await charge(ledger, 'acme', site, 'g-1', '7.4', '2026-04-29T10:00:00.000Z');
    await charge(ledger, 'acme', site, 'g-2', '0.2', '2026-04-03T10:00:00.000Z');
    await ledger.settled();
    expect((await leakage()).items).to.deep.equal([
      {
        reason: 'late-on-void-invoice',
        tenant_id: 'acme',
        deployment_id: site,
        resource_kind: null,
        qty: null,
        amount_cents: null,
        value_cents: 8,
        detail: {
          invoice_id: id,
          kind: 'llm_usage',
          facts: 2,
          first_day: '2026-04-03',
          last_day: '2026-04-29',
        },
      },
    ]);
    await rollup(ledger, { tenant_id: 'acme', force: true });
    expect((await leakage()).items).to.deep.equal([]);
  });
});
