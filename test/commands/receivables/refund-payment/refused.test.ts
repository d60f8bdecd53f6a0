import { expect } from 'chai';
import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { idFrom } from '../../../../src/ledger/ids.ts';
import { refundPayment } from '../../../../commands/receivables/refund-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  nothing,
  receivedEvent,
  reported,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('refund-payment', () => {
  const { payment_id: id } = reported();
  const refund: AccountEvent = {
    type: 'PaymentRefunded',
    data: {
      tenant_id,
      payment_id: id,
      refund_id: idFrom('refund', id, 'another'),
      refund_no: 1,
      amount_cents: 6_000,
      reason: 'too much',
      refunded_on: '2026-06-20',
      ...nothing,
    },
  };
  const request = (amount_cents: number, payment_id = id) => ({
    payment_id,
    tenant_id,
    amount_cents,
    reason: 'too much',
  });

  it('refuses more than is left of the payment, and says how much that is', () => {
    const refusal = given(refundPayment, [receivedEvent()])
      .when(request(6_001), knowing(), june)
      .refused('invalid-input');
    expect(refusal.errors).to.deep.equal([{ path: 'amount_cents', message: '60.00 is left of the payment' }]);
  });

  it('refuses a payment that is refunded, one that is reversed, and none', () => {
    given(refundPayment, [receivedEvent(), refund])
      .when(request(1), knowing(), june)
      .refused('payment-refunded');
    const reversal = { amount_cents: 6_000, reason: 'returned', reversed_on: '2026-05-12' };
    const reversed: AccountEvent = {
      type: 'PaymentReversed',
      data: { tenant_id, payment_id: id, ...reversal, ...nothing },
    };
    given(refundPayment, [receivedEvent(), reversed])
      .when(request(1), knowing(), june)
      .refused('payment-reversed');
    given(refundPayment, [receivedEvent()]).when(request(1, 'none'), knowing(), june).refused('not-found');
  });
});
