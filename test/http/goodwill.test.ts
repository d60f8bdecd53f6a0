import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { verifyInvoices } from '../../src/invoicing/verify-invoices.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('notes of goodwill', () => {
  let ledger: TestLedger;
  const id = (tenant: string) => invoiceId(tenant, '2026-04-01');
  const correct = async (tenant: string, status = 201): Promise<Json> =>
    ok(ledger.api.post(`invoices/${id(tenant)}/correct`, { reason: 'late usage' }), status);
  const credit = (tenant: string, lines: Json[]) =>
    ledger.api.post(`invoices/${id(tenant)}/credit`, { lines, reason: 'sorry' });

  before(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'kind', 'site', { plan_code: 'starter' });
    await subscribed(ledger, 'calm', 'app');
    await rollup(ledger, { tenant_id: 'calm' });
    await rollup(ledger, { tenant_id: 'kind' });
  });

  after(() => ledger.close());

  it('give back the whole tax with the whole subtotal, and no more', async () => {
    const { subtotal_cents, tax_cents } = await invoiceOf(ledger, id('kind'));
    const first = await ok(
      credit('kind', [{ description: 'Outage', amount_cents: 333, deployment_id: await own('kind') }]),
      201,
    );
    expect(first.data).to.include({
      purpose: 'goodwill',
      kind: 'credit_note',
      subtotal_cents: -333,
      tax_cents: -33,
      inputs_position: null,
    });
    const refused = await problem(credit('kind', [{ description: 'x', amount_cents: subtotal_cents }]), 409);
    expect(refused).to.include({ left_subtotal_cents: subtotal_cents - 333 });
    await ok(credit('kind', [{ description: 'All', amount_cents: subtotal_cents - 333 }]), 201);
    const invoice = await invoiceOf(ledger, id('kind'));
    expect(invoice).to.include({
      corrected_total_cents: subtotal_cents + tax_cents,
      goodwill_cents: -(subtotal_cents + tax_cents),
    });
    await problem(credit('kind', [{ description: 'x', amount_cents: 1 }]), 409);
    expect((await correct('kind', 200)).status).to.equal('unchanged');
  });

  it('are taken back where a correction leaves them above the invoice', async () => {
    const rate = { name: 'GST', rate: '0', effective_from: '2026-04-30', tenant_id: 'kind', reason: 'r' };
    await ok(ledger.api.post('tax-rates', rate), 201);
    const { data, taken_back } = await correct('kind');
    expect(taken_back).to.include({
      purpose: 'goodwill',
      kind: 'debit_note',
      total_cents: -data.total_cents,
    });
    const invoice = await invoiceOf(ledger, id('kind'));
    expect(invoice.corrected_total_cents + invoice.goodwill_cents).to.equal(0);
  });

  it('are refused for void invoices, foreign deployments and amounts that are none', async () => {
    await problem(credit('kind', [{ description: 'x', amount_cents: 0 }]), 422);
    await problem(credit('kind', []), 422);
    const foreign = await problem(
      credit('calm', [{ description: 'x', amount_cents: 1, deployment_id: await own('kind') }]),
      422,
    );
    expect(foreign.errors[0].path).to.equal('lines.0.deployment_id');
    await subscribed(ledger, 'gone', 'site');
    await rollup(ledger, { tenant_id: 'gone' });
    await ok(ledger.api.post(`invoices/${id('gone')}/void`));
    for (const refused of [
      await problem(credit('gone', [{ description: 'x', amount_cents: 1 }]), 409),
      await problem(ledger.api.post(`invoices/${id('gone')}/correct`, { reason: 'r' }), 409),
    ])
      expect(refused.type).to.contain('invoice-void');
  });

  it('are derived again by verify and explained line by line', async () => {
    const verified = await ledger.ledger.readLatest((db) => verifyInvoices(db, 'AUD'));
    expect(verified.differences).to.deep.equal([]);
    expect(verified.corrections).to.equal(4);
    for (const tenant of ['calm', 'kind']) {
      const { data } = await ok(ledger.api.get(`invoices/${id(tenant)}/explain`));
      expect(data, tenant).to.include({ matches: true, problem: null });
      for (const note of data.corrections)
        for (const line of note.lines) expect(line.recomputed_cents).to.equal(line.amount_cents);
    }
  });

  it('are revenue, and part of what was issued', async () => {
    const { data } = await ok(ledger.api.get('dashboard/margin?period=2026-04'));
    const sum = (some: Json[]) => some.reduce((cents, one) => cents + (one.revenue_cents ?? one.cents), 0);
    expect(sum(data.tenants)).to.equal(data.overall.revenue_cents);
    expect(sum(data.by_kind.revenue)).to.equal(data.overall.revenue_cents);
    const kind = data.tenants.find((one: Json) => one.tenant_id === 'kind');
    expect(kind.revenue_cents, 'all of it was given back').to.equal(0);
  });

  async function own(tenant: string): Promise<string> {
    const { data } = await ok(ledger.api.get('deployments', { token: tenantToken(tenant) }));
    return data[0].id;
  }
});
