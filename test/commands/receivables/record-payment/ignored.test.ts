import { expect } from 'chai';
import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { recordPayment } from '../../../../commands/receivables/record-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  nothing,
  receivedEvent,
  reported,
  target,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('record-payment', () => {
  it('adds nothing for the same payment, also once it is refunded or reversed', () => {
    const { payment_id, ...payment } = reported();
    const reversed: AccountEvent = {
      type: 'PaymentReversed',
      data: {
        tenant_id,
        payment_id,
        amount_cents: 6_000,
        reason: 'returned',
        reversed_on: '2026-05-12',
        ...nothing,
      },
    };
    for (const events of [[receivedEvent()], [receivedEvent(), reversed]]) {
      const state = given(recordPayment, events)
        .when({ payment_id, ...payment }, knowing(target('first')), june)
        .then([]);
      expect(state?.id).to.equal(payment_id);
    }
  });

  it('takes the default currency and the one that is named for the same', () => {
    given(recordPayment, [receivedEvent()])
      .when(reported({ currency: 'AUD' }), knowing(), june)
      .then([]);
  });
});
