import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { tenantToken } from '../support/http/tokens.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const april = invoiceId('acme', '2026-04-01');
const globex = invoiceId('globex', '2026-04-01');

describe('payments', () => {
  let ledger: TestLedger;
  const pay = (body: Json) =>
    ledger.api.post('payments', {
      tenant_id: 'acme',
      amount_cents: 2_000,
      received_on: '2026-05-09',
      method: 'transfer',
      reference: 'r-1',
      ...body,
    });
  const figures = async (id = april): Promise<Json> => {
    const { status, paid_cents, open_cents, overdue } = await invoiceOf(ledger, id);
    return { status, paid_cents, open_cents, overdue };
  };
  beforeEach(async () => {
    ledger = await seededLedger();
    await subscribed(ledger, 'acme', 'site');
    await subscribed(ledger, 'globex', 'shop');
    await rollup(ledger);
  });
  afterEach(() => ledger.close());

  it('pay an invoice in part, as a whole and beyond; the balance pays the next issue', async () => {
    expect(await figures()).to.deep.equal({
      status: 'issued',
      paid_cents: 0,
      open_cents: 5_500,
      overdue: false,
    });
    const first = (await ok(pay({}), 201)).data;
    expect(first).to.deep.include({ invoice_id: null, unallocated_cents: 0, refunded_cents: 0 });
    expect(first.allocations).to.deep.equal([
      { invoice_id: april, opening_balance: false, amount_cents: 2_000 },
    ]);
    expect(first).not.to.have.property('reference');
    expect(await figures()).to.include({ status: 'partially_paid', paid_cents: 2_000, open_cents: 3_500 });
    await ok(pay({ reference: 'r-2', amount_cents: 10_000 }), 201);
    expect(await figures()).to.include({ status: 'paid', paid_cents: 5_500, open_cents: 0 });
    ledger.clock.set('2026-06-02T08:00:00.000Z');
    await rollup(ledger, { period: '2026-05' });
    const may = invoiceId('acme', '2026-05-01');
    await ok(ledger.api.post(`invoices/${may}/pay`));
    expect(await figures(may)).to.include({ status: 'paid', paid_cents: 5_500, open_cents: 0 });
    const { data } = await ok(ledger.api.get('payments?tenant_id=acme'));
    expect(data.map((row: Json) => [row.method, row.reference, row.amount_cents])).to.deep.equal([
      ['transfer', 'r-2', 10_000],
      ['transfer', 'r-1', 2_000],
    ]);
  });

  it('are one payment for one method and reference', async () => {
    const { id } = (await ok(pay({}), 201)).data;
    const events = await ledger.eventCount();
    expect((await ok(pay({}), 201)).data.id).to.equal(id);
    expect(await ledger.eventCount()).to.equal(events);
    expect((await problem(pay({ amount_cents: 1 }), 409)).payment_id).to.equal(id);
    const path = (await problem(pay({ reference: 'r-3', invoice_id: globex }), 422)).errors[0].path;
    expect(path).to.equal('invoice_id');
    expect((await problem(pay({ tenant_id: 'amce' }), 422)).errors[0].path).to.equal('tenant_id');
    const keys = await ledger.sql<{ tenant_id: string }[]>`select tenant_id from personal_keys`;
    expect(keys.map(({ tenant_id }) => tenant_id)).to.deep.equal(['acme']);
    expect((await problem(pay({ reference: 'r-4', currency: 'USD' }), 422)).type).to.contain(
      'currency-mismatch',
    );
    for (const [field, value] of [
      ['amount_cents', 0],
      ['amount_cents', 1.5],
      ['received_on', '2026-05-10'],
      ['received_on', '1999-12-31'],
      ['reference', ''],
      ['reference', ' \u00a0'],
      ['method', ' '],
    ] as const)
      expect((await problem(pay({ reference: 'r-5', [field]: value }), 422)).errors[0].path).to.equal(field);
  });

  it('are refunded in part, and reversed as a whole, and the invoice is open again', async () => {
    const { id } = (await ok(pay({ amount_cents: 6_000 }), 201)).data;
    const refund = (amount_cents: number) =>
      ledger.api.post(`payments/${id}/refund`, { amount_cents, reason: 'too much' });
    expect((await ok(refund(1_500))).data).to.deep.include({ refunded_cents: 1_500, unallocated_cents: 0 });
    expect(await figures()).to.include({ status: 'partially_paid', paid_cents: 4_500, open_cents: 1_000 });
    expect((await problem(refund(4_501), 422)).errors[0].path).to.equal('amount_cents');
    await problem(ledger.api.post(`payments/${id}/reverse`, { reason: 'returned' }), 409);
    const other = (await ok(pay({ reference: 'r-2', amount_cents: 1_000 }), 201)).data.id;
    expect(await figures()).to.include({ status: 'paid' });
    const reverse = (reason: string) => ledger.api.post(`payments/${other}/reverse`, { reason });
    expect((await ok(reverse('returned'))).data).to.deep.include({ reversed_on: '2026-05-09' });
    const events = await ledger.eventCount();
    await ok(reverse('returned'));
    expect(await ledger.eventCount()).to.equal(events);
    await problem(reverse('another'), 409);
    await problem(ledger.api.post(`payments/${other}/refund`, { amount_cents: 1, reason: 'x' }), 409);
    expect(await figures()).to.include({ status: 'partially_paid', open_cents: 1_000 });
    const shown = (await ok(ledger.api.get(`payments/${other}`))).data;
    expect(shown.reversal).to.deep.equal({ reversed_on: '2026-05-09', reason: 'returned' });
    expect((await ok(ledger.api.get(`payments/${id}`))).data.refunds[0]).to.include({ amount_cents: 1_500 });
  });

  it("are a tenant's own to see, and an admin's to record", async () => {
    const { id } = (await ok(pay({}), 201)).data;
    const [own, foreign] = [{ token: tenantToken('acme') }, { token: tenantToken('globex') }];
    expect((await ok(ledger.api.get(`payments/${id}`, own))).data.reference).to.equal('r-1');
    await problem(ledger.api.get(`payments/${id}`, foreign), 404);
    expect((await ok(ledger.api.get('payments', foreign))).data).to.deep.equal([]);
    await problem(ledger.api.get('payments?tenant_id=acme', foreign), 403);
    await problem(ledger.api.post('payments', {}, own), 403);
  });

  it('keep an invoice from being voided, and end consistent where both happen at once', async () => {
    await ok(pay({}), 201);
    await problem(ledger.api.post(`invoices/${april}/void`), 409);
    const rolled = { period: '2026-04', tenant_id: 'acme', force: true };
    await problem(ledger.api.post('invoices/rollup', rolled), 409);
    const answers = await Promise.all([
      ledger.api.post(`invoices/${globex}/pay`),
      ledger.api.post(`invoices/${globex}/void`),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).not.to.have.length(0);
    const { status, open_cents, paid_cents } = await figures(globex);
    const [payment] = (await ok(ledger.api.get('payments?tenant_id=globex'))).data;
    expect(open_cents).to.equal(0);
    if (status === 'void')
      expect([paid_cents, payment?.unallocated_cents ?? 5_500]).to.deep.equal([0, 5_500]);
    else expect(paid_cents).to.equal(5_500);
  });

  it('lose and double no cent where 20 come in at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => pay({ reference: `at-once-${index}`, amount_cents: 300 })),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(20).fill(201));
    expect(await figures()).to.include({ status: 'paid', paid_cents: 5_500, open_cents: 0 });
    const { data } = await ok(ledger.api.get('payments?tenant_id=acme&limit=50'));
    const over = data.reduce((sum: number, row: Json) => sum + row.unallocated_cents, 0);
    expect(over).to.equal(500);
    const refund = { amount_cents: 500, reason: 'over' };
    expect((await ok(ledger.api.post('customers/acme/refund', refund))).data.balance_cents).to.equal(0);
    await problem(ledger.api.post('customers/acme/refund', { amount_cents: 1, reason: 'more' }), 409);
    await problem(ledger.api.post('customers/acne/refund', { amount_cents: 1, reason: 'typo' }), 404);
  });
});
