import { expect } from 'chai';
import { recordPayment } from '../../../../commands/receivables/record-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, nothing, reported, target } from '../../../support/commands/account-events.ts';

describe('record-payment', () => {
  const known = knowing(target('first'), target('gone', { is_void: true, owed: [] }));

  it('refuses another currency, a day in the future and a tenant that nothing names', () => {
    given(recordPayment)
      .when(reported({ currency: 'USD' }), known, june)
      .refused('currency-mismatch');
    const future = given(recordPayment)
      .when(reported({ received_on: '2026-06-21' }), known, june)
      .refused('invalid-input');
    expect(future.errors?.[0]?.path).to.equal('received_on');
    const unknown = given(recordPayment)
      .when(reported(), { invoices: [], is_known: false }, june)
      .refused('invalid-input');
    expect(unknown.errors?.[0]?.path).to.equal('tenant_id');
  });

  it("refuses an invoice that is not the tenant's, one that is void, and one in another currency", () => {
    const when = (invoice_id: string, context = known) =>
      given(recordPayment).when(reported({ invoice_id }), context, june);
    for (const refusal of [
      when('none').refused('invalid-input'),
      when('gone').refused('invoice-void'),
      when('dollars', knowing(target('dollars', { currency: 'USD' }))).refused('currency-mismatch'),
    ])
      expect(refusal.errors?.[0]?.path).to.equal('invoice_id');
  });

  it('refuses another payment with the same method and reference', () => {
    const recorded = {
      type: 'PaymentReceived' as const,
      data: { ...reported(), currency: 'AUD', ...nothing, balance_cents: 6_000 },
    };
    given(recordPayment, [recorded]).when(reported(), known, june).then([]);
    for (const other of [{ amount_cents: 1 }, { received_on: '2026-05-11' }, { invoice_id: 'first' }])
      given(recordPayment, [recorded]).when(reported(other), known, june).refused('already-exists');
  });
});
