import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const april = invoiceId('acme', '2026-04-01');
const march = invoiceId('acme', '2026-03-01');
const globex = invoiceId('globex', '2026-04-01');

describe('previews of payments', () => {
  let test: TestLedger;
  const data = async (path: string): Promise<Json> => (await ok(test.api.get(path))).data;
  const preview = (query: string) => data(`payments/preview?tenant_id=acme&${query}`);
  const pay = async (body: Json): Promise<string> =>
    (
      await ok(
        test.api.post('payments', {
          ...{ tenant_id: 'acme', received_on: '2026-05-09', method: 'transfer' },
          ...body,
        }),
        201,
      )
    ).data.id;
  /** What a command does to the invoices and to the balance, as the preview of it says. */
  const expectForeseen = async (foreseen: Json, act: () => Promise<unknown>): Promise<void> => {
    for (const { invoice_id, open_before_cents } of foreseen.targets)
      expect((await invoiceOf(test, invoice_id)).open_cents).to.equal(open_before_cents);
    const balance = async () =>
      (await ok(test.api.get('receivables?limit=500'))).data.find(
        ({ tenant_id }: Json) => tenant_id === 'acme',
      )?.balance_cents ?? 0;
    expect(await balance()).to.equal(foreseen.balance_before_cents);
    await act();
    for (const { invoice_id, open_after_cents, status_after } of foreseen.targets)
      expect(await invoiceOf(test, invoice_id)).to.include({
        open_cents: open_after_cents,
        status: status_after,
      });
    expect(await balance()).to.equal(foreseen.balance_after_cents);
  };
  beforeEach(async () => {
    test = await seededLedger();
    await subscribed(test, 'acme', 'site', { starts_on: '2026-03-01' });
    await subscribed(test, 'globex', 'shop');
    await rollup(test, { period: '2026-03' });
    await rollup(test);
  });
  afterEach(() => test.close());

  it('say what a payment pays: the named invoice, then the oldest, then the balance', async () => {
    const events = await test.eventCount();
    const foreseen = await preview(`amount_cents=12000&invoice_id=${april}`);
    expect(await test.eventCount()).to.equal(events);
    expect(foreseen).to.deep.include({ tenant_id: 'acme', currency: 'AUD', balance_before_cents: 0 });
    expect(foreseen.balance_after_cents).to.equal(1_000);
    expect(foreseen.targets.map((one: Json) => [one.invoice_id, one.amount_cents])).to.have.deep.members([
      [april, 5_500],
      [march, 5_500],
    ]);
    await expectForeseen(foreseen, () => pay({ amount_cents: 12_000, reference: 'r', invoice_id: april }));
  });

  it('say what a refund and a reversal make open again', async () => {
    const id = await pay({ amount_cents: 8_000, reference: 'r' });
    const refund = await data(`payments/${id}/refund-preview?amount_cents=3000`);
    expect(refund.targets.map((one: Json) => one.amount_cents)).to.deep.equal([-2_500, -500]);
    await expectForeseen(refund, () =>
      test.api.post(`payments/${id}/refund`, { amount_cents: 3_000, reason: 'twice' }),
    );
    const other = await pay({ amount_cents: 10_000, reference: 'other' });
    const reversal = await data(`payments/${other}/reverse-preview`);
    expect(reversal.balance_before_cents).to.be.above(0);
    await expectForeseen(reversal, () => test.api.post(`payments/${other}/reverse`, { reason: 'bounced' }));
  });

  it('are refused where the command is', async () => {
    const id = await pay({ amount_cents: 1_000, reference: 'r' });
    const at = (query: string) => test.api.get(`payments/preview?${query}`);
    await problem(at('tenant_id=unknown&amount_cents=1'), 422, 'tenant_id');
    await problem(at('tenant_id=acme&amount_cents=0'), 422, 'amount_cents');
    await problem(at(`tenant_id=acme&amount_cents=1&invoice_id=${globex}`), 422, 'invoice_id');
    await problem(at('tenant_id=acme&amount_cents=1&received_on=2026-05-30'), 422, 'received_on');
    await problem(test.api.get(`payments/${id}/refund-preview?amount_cents=1001`), 422, 'amount_cents');
    await problem(test.api.get('payments/none/refund-preview?amount_cents=1'), 404);
    await ok(test.api.post(`payments/${id}/reverse`, { reason: 'bounced' }));
    await problem(test.api.get(`payments/${id}/reverse-preview`), 409);
    await problem(test.api.get(`payments/${id}/reverse-preview`, { token: tenantToken('acme') }), 403);
  });
});
