import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { takeCreditNote } from '../../../../commands/receivables/take-credit-note.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, nothing, tenant_id } from '../../../support/commands/account-events.ts';

describe('take-credit-note', () => {
  const note = { tenant_id, correction_id: 'cn', invoice_id: 'first', amount_cents: 3_000, on: '2026-06-10' };

  it('is taken once', () => {
    const taken: AccountEvent = {
      type: 'CreditNoteTaken',
      data: { ...note, ...nothing, balance_cents: 3_000 },
    };
    given(takeCreditNote, [taken]).when(note, knowing(), june).then([]);
  });
});
