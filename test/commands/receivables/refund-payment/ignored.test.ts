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
      refund_id: idFrom('refund', id, june.commandId),
      refund_no: 1,
      amount_cents: 6_000,
      reason: 'too much',
      refunded_on: '2026-06-20',
      ...nothing,
    },
  };

  it('adds nothing for the same request', () => {
    const request = { payment_id: id, tenant_id, amount_cents: 6_000, reason: 'too much' };
    const state = given(refundPayment, [receivedEvent(), refund]).when(request, knowing(), june).then([]);
    expect(state).to.deep.include({ refunded_cents: 6_000, unallocated_cents: 0 });
  });
});
