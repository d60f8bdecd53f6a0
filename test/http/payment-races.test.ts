import { expect } from 'chai';
import { accountStream, paymentId } from '../../commands/receivables/account.ts';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { Refused } from '../../src/ledger/refusal.ts';
import { commands } from '../../src/processes/commands.ts';
import { expectConserved } from '../support/http/account-sums.ts';
import { ok, type Json } from '../support/http/api.ts';
import { invoiceOf, meter, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const april = invoiceId('acme', '2026-04-01');

describe('payments that race', () => {
  let ledger: TestLedger;
  let site: string;
  const report = (body: Json) => ({
    tenant_id: 'acme',
    amount_cents: 5_500,
    received_on: '2026-05-09',
    method: 'transfer',
    reference: 'r-1',
    ...body,
  });
  const pay = (body: Json = {}) => ledger.api.post('payments', report(body));
  /** Past the turns that commands of one process take. */
  const atOnce = async (reference: string, invoice_id: string | null): Promise<unknown> => {
    const { personal } = ledger.processDeps;
    const place = { stream: accountStream('acme'), type: 'PaymentReceived' };
    const sealed = await personal.seal('acme', place, { reference });
    const payment = { ...report({}), ...sealed, payment_id: paymentId('acme', 'transfer', reference) };
    return ledger.ledger.execute(commands.recordPayment, { ...payment, invoice_id }, ledger.meta());
  };
  /** The refusal's code, or `done`. */
  const outcomes = async (running: readonly Promise<unknown>[]): Promise<string[]> => {
    const settled = await Promise.allSettled(running);
    await ledger.settled();
    return settled.map((one) => {
      if (one.status === 'fulfilled') return 'done';
      if (one.reason instanceof Refused) return one.reason.refusal.refused;
      throw one.reason;
    });
  };
  const count = (list: readonly string[], what: string): number => list.filter((one) => one === what).length;

  beforeEach(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site');
    await meter(ledger, 'acme', site, '2026-04-10', [{ resource_kind: 'droplet_hours', qty: '100' }]);
    await rollup(ledger);
  });
  afterEach(() => ledger.close());

  it('are refunded or reversed, never both', async () => {
    for (const no of [1, 2, 3, 4]) {
      const { id } = (await ok(pay({ reference: `r-${no}`, amount_cents: 1_000 }), 201)).data;
      const input = { payment_id: id, tenant_id: 'acme', reason: 'at once' };
      const done = await outcomes([
        ledger.ledger.execute(commands.refundPayment, { ...input, amount_cents: 400 }, ledger.meta()),
        ledger.ledger.execute(commands.reversePayment, input, ledger.meta()),
      ]);
      expect(count(done, 'done'), done.join()).to.equal(1);
      expect(done.some((one) => one === 'payment-refunded' || one === 'payment-reversed')).to.equal(true);
      const { data } = await ok(ledger.api.get(`payments/${id}`));
      expect(data.refunds.length + (data.reversal === null ? 0 : 1)).to.equal(1);
    }
    await expectConserved(ledger, 'acme');
  });

  it('of one invoice pay it once: the other is the balance', async () => {
    const done = await outcomes([atOnce('a', april), atOnce('b', april), atOnce('a', april)]);
    expect(done).to.deep.equal(['done', 'done', 'done']);
    const { status, paid_cents, total_cents } = await invoiceOf(ledger, april);
    expect([status, paid_cents]).to.deep.equal(['paid', total_cents]);
    const { data } = await ok(ledger.api.get('payments?tenant_id=acme'));
    expect(data).to.have.length(2);
    const over = data.reduce((cents: number, row: Json) => cents + row.unallocated_cents, 0);
    expect(over).to.equal(11_000 - total_cents);
    await expectConserved(ledger, 'acme');
  });

  it('meet a forced reissue: either it is refused, or the payment pays what was issued anew', async () => {
    for (const no of [1, 2, 3]) {
      await meter(
        ledger,
        'acme',
        site,
        '2026-04-11',
        [{ resource_kind: 'droplet_hours', qty: `${no * 50}` }],
        no,
      );
      await ledger.settled();
      const forced = { period: '2026-04', tenant_id: 'acme', force: true };
      const [paid, reissued] = await Promise.all([
        pay({ reference: `r-${no}`, amount_cents: 100 * no }),
        ledger.api.post('invoices/rollup', forced),
      ]);
      expect(paid.status).to.equal(201);
      expect(reissued.status).to.be.oneOf([200, 409]);
      const { data: payment } = await ok(ledger.api.get(`payments/${paid.body.data.id}`));
      expect(payment.unallocated_cents).to.equal(0);
      await expectConserved(ledger, 'acme');
      await ok(ledger.api.post(`payments/${paid.body.data.id}/reverse`, { reason: 'next round' }));
      await expectConserved(ledger, 'acme');
    }
  });

  it('are refunded at most as a whole by 20 refunds at once', async () => {
    const { id } = (await ok(pay(), 201)).data;
    const refund = { amount_cents: 300, reason: 'at once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ledger.api.post(`payments/${id}/refund`, refund)),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).to.deep.equal([...Array(18).fill(200), 422, 422]);
    const { data } = await ok(ledger.api.get(`payments/${id}`));
    expect(data).to.include({ refunded_cents: 5_400 });
    await expectConserved(ledger, 'acme');
  });

  it('come in while a credit is given: together they pay no more than is owed', async () => {
    const { total_cents } = await invoiceOf(ledger, april);
    const credit = { lines: [{ description: 'Outage', amount_cents: 1_000 }], reason: 'outage' };
    const [paid, credited] = await Promise.all([
      pay({ amount_cents: total_cents, invoice_id: april }),
      ledger.api.post(`invoices/${april}/credit`, credit),
    ]);
    expect([paid.status, credited.status]).to.deep.equal([201, 201]);
    const { status, paid_cents, credited_cents, open_cents } = await invoiceOf(ledger, april);
    expect([status, open_cents, paid_cents + credited_cents]).to.deep.equal(['paid', 0, total_cents]);
    const { data } = await ok(ledger.api.get('receivables'));
    // The note bears the invoice's tax.
    expect(data[0].balance_cents).to.equal(-credited.body.data.total_cents);
    await expectConserved(ledger, 'acme');
  });

  it('find one opening balance, though two are set at once', async () => {
    const set = (amount_cents: number) =>
      ledger.ledger.execute(
        commands.setOpeningBalance,
        { tenant_id: 'acme', amount_cents, on: '2026-03-31' },
        ledger.meta(),
      );
    const done = await outcomes([set(700), set(700), set(900), set(900), atOnce('a', null)]);
    expect(count(done, 'done'), done.join()).to.equal(3);
    expect(count(done, 'already-exists')).to.equal(2);
    const events = await ledger.log.read(accountStream('acme'));
    expect(events.filter(({ type }) => type === 'OpeningBalanceSet')).to.have.length(1);
    await expectConserved(ledger, 'acme');
  });
});
