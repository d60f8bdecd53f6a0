import { expect } from 'chai';
import { ok, problem } from '../support/api.ts';
import { meterMonth, seededLedger, subscribed } from '../http/invoices-month.ts';
import type { TestLedger } from '../support/ledger.ts';

const largest = Number.MAX_SAFE_INTEGER;

describe('figures that no amount can hold', () => {
  let ledger: TestLedger;
  beforeEach(async () => { ledger = await seededLedger({ now: '2026-05-09T15:05:00.000Z', digitalOcean: {} }); });
  afterEach(() => ledger.close());

  it('are a conflict in the margin, never a fault of the service, and gone with the rate that caused them', async () => {
    await ok(ledger.api.post('billing/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25/ingest'));
    const rate = { from: 'USD', to: 'AUD', effective_from: '2026-04-01' };
    await ok(ledger.api.post('fx-rates', { ...rate, rate: '999999999999999' }), 201);
    await problem(ledger.api.get('dashboard/margin?period=2026-04'), 409);
    await ok(ledger.api.post('fx-rates', { ...rate, rate: '1.5' }), 201);
    await ok(ledger.api.get('dashboard/margin?period=2026-04'));
  });

  it('are a conflict in the accrual', async () => {
    for (const code of ['a', 'b']) {
      await ok(ledger.api.post('catalog/plans', { code, name: code }), 201);
      await ok(ledger.api.post(`catalog/plans/${code}/versions`, { base_price_cents: largest, items: [] }), 201);
      await ok(ledger.api.post(`catalog/plans/${code}/versions/1/publish`));
      await subscribed(ledger, code, code, { plan_code: code, starts_on: '2026-05-01' });
    }
    await problem(ledger.api.get('dashboard/accrual'), 409);
  });

  it('leave a tenant without an invoice, and its neighbours with theirs', async () => {
    await ok(ledger.api.post('catalog/plans', { code: 'dear', name: 'Dear' }), 201);
    const item = { resource_kind: 'droplet_hours', included_qty: '0', overage_unit: 'hour', overage_price_cents: largest };
    await ok(ledger.api.post('catalog/plans/dear/versions', { base_price_cents: 0, items: [item] }), 201);
    await ok(ledger.api.post('catalog/plans/dear/versions/1/publish'));
    const site = await subscribed(ledger, 'dear', 'dear', { plan_code: 'dear' });
    await subscribed(ledger, 'acme', 'acme');
    await meterMonth(ledger, 'dear', site, '2026-04-01', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    const { data } = await ok(ledger.api.post('invoices/rollup', { period: '2026-04' }));
    expect(data.invoices.map((invoice: { tenant_id: string; status: string; reason: string | null }) => [invoice.tenant_id, invoice.status, invoice.reason]))
      .to.have.deep.members([['acme', 'issued', null], ['dear', 'refused', 'not-billable']]);
  });
});
