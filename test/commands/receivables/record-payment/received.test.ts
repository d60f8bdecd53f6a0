import { expect } from 'chai';
import { recordPayment } from '../../../../commands/receivables/record-payment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, reported, target } from '../../../support/commands/account-events.ts';

const paid = (source_id: string, target_id: string, amount_cents: number, on: string) => ({
  source_id,
  target_id,
  amount_cents,
  on,
});

describe('record-payment', () => {
  const payment = reported();
  const id = payment.payment_id;
  const event = { ...payment, currency: 'AUD' };

  it('pays the oldest open invoice', () => {
    const state = given(recordPayment)
      .when(payment, knowing(target('later', { due_on: '2026-05-20' }), target('first')), june)
      .then([
        {
          type: 'PaymentReceived',
          data: {
            ...event,
            allocations: [paid(id, 'first', 6_000, '2026-05-10')],
            targets: [{ target_id: 'first', paid_cents: 6_000, credited_cents: 0 }],
            balance_cents: 0,
          },
          effective_at: '2026-05-10',
        },
      ]);
    expect(state).to.deep.include({ unallocated_cents: 0, refunded_cents: 0 });
  });

  it('pays the invoice that it names first, then the oldest, and what is over is the balance', () => {
    const large = reported({ amount_cents: 25_000, invoice_id: 'later' });
    given(recordPayment)
      .when(large, knowing(target('first'), target('later', { due_on: '2026-05-20' })), june)
      .then([
        {
          type: 'PaymentReceived',
          data: {
            ...event,
            amount_cents: 25_000,
            invoice_id: 'later',
            allocations: [paid(id, 'later', 10_000, '2026-05-10'), paid(id, 'first', 10_000, '2026-05-10')],
            targets: [
              { target_id: 'later', paid_cents: 10_000, credited_cents: 0 },
              { target_id: 'first', paid_cents: 10_000, credited_cents: 0 },
            ],
            balance_cents: 5_000,
          },
          effective_at: '2026-05-10',
        },
      ]);
  });

  it('counts for an invoice from its issue on, where the payment came before', () => {
    const early = reported({ received_on: '2026-04-02' });
    given(recordPayment)
      .when(early, knowing(target('first')), june)
      .then([
        {
          type: 'PaymentReceived',
          data: {
            ...event,
            received_on: '2026-04-02',
            allocations: [paid(id, 'first', 6_000, '2026-05-01')],
            targets: [{ target_id: 'first', paid_cents: 6_000, credited_cents: 0 }],
            balance_cents: 0,
          },
          effective_at: '2026-04-02',
        },
      ]);
  });

  it('pays a debit note from its day on only', () => {
    const owed = [
      { on: '2026-05-01', cents: 10_000 },
      { on: '2026-06-10', cents: 2_000 },
    ];
    const whole = reported({ amount_cents: 12_000 });
    given(recordPayment)
      .when(whole, knowing(target('first', { owed })), june)
      .then([
        {
          type: 'PaymentReceived',
          data: {
            ...event,
            amount_cents: 12_000,
            allocations: [paid(id, 'first', 10_000, '2026-05-10'), paid(id, 'first', 2_000, '2026-06-10')],
            targets: [{ target_id: 'first', paid_cents: 12_000, credited_cents: 0 }],
            balance_cents: 0,
          },
          effective_at: '2026-05-10',
        },
      ]);
  });
});
