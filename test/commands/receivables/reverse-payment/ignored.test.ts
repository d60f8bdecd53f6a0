import { expect } from 'chai';
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

  it('adds nothing for a payment that is reversed for the same reason', () => {
    const state = given(reversePayment, [receivedEvent(), reversed])
      .when({ payment_id: id, tenant_id, reason: 'returned' }, knowing(), june)
      .then([]);
    expect(state?.reversed_on).to.equal('2026-05-12');
  });
});
