import { takeCreditNote } from '../../../../commands/receivables/take-credit-note.ts';
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

describe('take-credit-note', () => {
  const note = { tenant_id, correction_id: 'cn', invoice_id: 'first', amount_cents: 3_000, on: '2026-06-10' };

  it('is set against its invoice', () => {
    given(takeCreditNote)
      .when(note, knowing(target('first')), june)
      .then([
        {
          type: 'CreditNoteTaken',
          data: {
            ...note,
            allocations: [pays('cn', 'first', 3_000, '2026-06-10')],
            targets: [paidOf('first', 0, 3_000)],
            balance_cents: 0,
          },
          effective_at: '2026-06-10',
        },
      ]);
  });

  it('pays other invoices, or is the balance, where its invoice is paid', () => {
    const { payment_id: id } = reported();
    const paying = receivedEvent(reported(), {
      allocations: [pays(id, 'first', 6_000)],
      targets: [paidOf('first', 6_000)],
      balance_cents: 0,
    });
    const paid = target('first', { owed: [{ on: '2026-05-01', cents: 6_000 }] });
    const small = target('second', { due_on: '2026-05-30', owed: [{ on: '2026-05-16', cents: 1_000 }] });
    given(takeCreditNote, [paying])
      .when({ ...note, on: '2026-06-20' }, knowing(paid, small), june)
      .then([
        {
          type: 'CreditNoteTaken',
          data: {
            ...note,
            on: '2026-06-20',
            allocations: [pays('cn', 'second', 1_000, '2026-06-20')],
            targets: [paidOf('second', 0, 1_000)],
            balance_cents: 2_000,
          },
        },
      ]);
  });
});
