import { defineCommand } from '../../src/ledger/command.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream } from './account.ts';
import { Settlement, type AccountContext } from './settlement.ts';

/** A credit note that was issued. */
export interface TakeCreditNote {
  tenant_id: string;
  correction_id: string;
  invoice_id: string;
  /** Positive. */
  amount_cents: number;
  /** The day of its issue. */
  on: string;
}

/** Sets a credit note against its invoice, once; what is over pays other invoices, or is the balance. */
export const takeCreditNote = defineCommand({
  name: 'take-credit-note',
  aggregate: account,
  stream: (input: TakeCreditNote) => accountStream(input.tenant_id),
  decide(state, note, context: AccountContext, { currency, today }): AccountEvent[] {
    const { correction_id: id, invoice_id, amount_cents, on } = note;
    if (state.sources.some((source) => source.id === id)) return [];
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    settlement.take({
      id,
      kind: 'credit_note',
      on,
      amount_cents,
      refunds: [],
      reversal: null,
      payment: null,
    });
    settlement.pay(id, invoice_id);
    settlement.settle();
    const dated = on === today ? {} : { effective_at: on };
    return [{ type: 'CreditNoteTaken', data: { ...note, ...settlement.result() }, ...dated }];
  },
  result: () => null,
});
