import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { reversePayment } from '../../../../commands/receivables/reverse-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  nothing,
  receivedEvent,
  reported,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('reverse-payment', () => {
  const { payment_id: id } = reported();
  const reversed: AccountEvent = {
    type: 'PaymentReversed',
    data: {
      tenant_id,
      payment_id: id,
      amount_cents: 6_000,
      reason: 'returned',
      reversed_on: '2026-05-12',
      ...nothing,
    },
  };
  const request = (reason: string, payment_id = id) => ({ payment_id, tenant_id, reason });

  it('refuses another reason, a payment that is refunded in part, and none', () => {
    given(reversePayment, [receivedEvent(), reversed])
      .when(request('mistake'), knowing(), june)
      .refused('payment-reversed');
    const part = { refund_id: 'r', refund_no: 1, amount_cents: 1, reason: 'x', refunded_on: '2026-05-12' };
    const refunded: AccountEvent = {
      type: 'PaymentRefunded',
      data: { tenant_id, payment_id: id, ...part, ...nothing, balance_cents: 5_999 },
    };
    given(reversePayment, [receivedEvent(), refunded])
      .when(request('returned'), knowing(), june)
      .refused('payment-refunded');
    given(reversePayment).when(request('returned', 'none'), knowing(), june).refused('not-found');
  });
});
