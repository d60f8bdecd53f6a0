import { expect } from 'chai';
import { idFrom } from '../../../../src/ledger/ids.ts';
import { refundPayment } from '../../../../commands/receivables/refund-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  nothing,
  paidOf,
  pays,
  receivedEvent,
  reported,
  target,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('refund-payment', () => {
  const { payment_id: id } = reported();
  const refund_id = idFrom('refund', id, june.commandId);
  const request = (amount_cents: number) => ({ payment_id: id, tenant_id, amount_cents, reason: 'too much' });
  const refunded = { tenant_id, payment_id: id, refund_id, refund_no: 1, reason: 'too much' };
  const open = knowing(target('first', { owed: [{ on: '2026-05-01', cents: 4_000 }] }));
  const paying = receivedEvent(reported(), {
    allocations: [pays(id, 'first', 4_000)],
    targets: [paidOf('first', 4_000)],
    balance_cents: 2_000,
  });

  it('takes what pays nothing first', () => {
    const state = given(refundPayment, [paying])
      .when(request(2_000), open, june)
      .then([
        {
          type: 'PaymentRefunded',
          data: { ...refunded, amount_cents: 2_000, refunded_on: '2026-06-20', ...nothing },
        },
      ]);
    expect(state).to.deep.include({ refunded_cents: 2_000, unallocated_cents: 0 });
  });

  it('then what it pays, which is open again from the day of the refund', () => {
    given(refundPayment, [paying])
      .when(request(2_500), open, june)
      .then([
        {
          type: 'PaymentRefunded',
          data: {
            ...refunded,
            amount_cents: 2_500,
            refunded_on: '2026-06-20',
            allocations: [pays(id, 'first', -500, '2026-06-20')],
            targets: [paidOf('first', 3_500)],
            balance_cents: 0,
          },
        },
      ]);
  });

  it('releases the newest allocation first', () => {
    const both = receivedEvent(reported(), {
      allocations: [pays(id, 'first', 4_000), pays(id, 'second', 2_000)],
      balance_cents: 0,
    });
    const second = target('second', { due_on: '2026-06-15', owed: [{ on: '2026-05-02', cents: 2_000 }] });
    given(refundPayment, [both])
      .when(request(2_500), knowing(...open.invoices, second), june)
      .then([
        {
          type: 'PaymentRefunded',
          data: {
            ...refunded,
            amount_cents: 2_500,
            refunded_on: '2026-06-20',
            allocations: [pays(id, 'second', -2_000, '2026-06-20'), pays(id, 'first', -500, '2026-06-20')],
            targets: [paidOf('second', 0), paidOf('first', 3_500)],
            balance_cents: 0,
          },
        },
      ]);
  });
});
