import { expect } from 'chai';
import { reversePayment } from '../../../../commands/receivables/reverse-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  paidOf,
  pays,
  receivedEvent,
  reported,
  target,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('reverse-payment', () => {
  const { payment_id: id } = reported();
  const request = { payment_id: id, tenant_id, reason: 'returned' };
  const owed = [{ on: '2026-05-01', cents: 4_000 }];
  const paying = receivedEvent(reported(), {
    allocations: [pays(id, 'first', 4_000)],
    targets: [paidOf('first', 4_000)],
    balance_cents: 2_000,
  });
  const reversed = { tenant_id, payment_id: id, amount_cents: 6_000, reason: 'returned' };

  it('takes the payment back as a whole: what it paid is open again', () => {
    const state = given(reversePayment, [paying])
      .when(request, knowing(target('first', { owed })), june)
      .then([
        {
          type: 'PaymentReversed',
          data: {
            ...reversed,
            reversed_on: '2026-06-20',
            allocations: [pays(id, 'first', -4_000, '2026-06-20')],
            targets: [paidOf('first', 0)],
            balance_cents: 0,
          },
        },
      ]);
    expect(state).to.deep.include({ reversed_on: '2026-06-20', allocations: [], unallocated_cents: 0 });
  });

  it('lets another balance pay what is open again', () => {
    const other = reported({ payment_id: 'other', amount_cents: 1_000 });
    given(reversePayment, [paying, receivedEvent(other, { balance_cents: 3_000 })])
      .when(request, knowing(target('first', { owed })), june)
      .then([
        {
          type: 'PaymentReversed',
          data: {
            ...reversed,
            reversed_on: '2026-06-20',
            allocations: [
              pays(id, 'first', -4_000, '2026-06-20'),
              pays('other', 'first', 1_000, '2026-06-20'),
            ],
            targets: [paidOf('first', 1_000)],
            balance_cents: 0,
          },
        },
      ]);
  });
});
