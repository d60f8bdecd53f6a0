import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent } from '../../src/events/invoicing.ts';
import { leftToCredit } from '../../src/pricing/goodwill.ts';
import { addCents } from '../../src/pricing/money.ts';
import {
  creditedInvoice,
  hasMoved,
  nextNote,
  refuseNotes,
  type CorrectedInvoice,
  type CorrectionBasis,
  type NoteContent,
} from './corrected-invoice.ts';
import { invoice, invoiceStream } from './invoice.ts';
import { money } from '../../src/pricing/amount-text.ts';

/** A credit of goodwill, which no computation of the month gives. */
export interface CreditInvoice {
  invoice_id: string;
  basis: CorrectionBasis;
  note: NoteContent;
}

/**
 * Refuses a credit above what is left of the invoice with its corrections and earlier goodwill.
 * @param creditCents positive, before tax
 */
export function refuseCredit(
  { invoice_id, ...invoiced }: CorrectedInvoice & { invoice_id: string },
  creditCents: number,
): Refusal | null {
  const left = leftToCredit(creditedInvoice(invoiced));
  if (creditCents <= left.subtotal_cents) return null;
  const left_total_cents = addCents(left.subtotal_cents, left.tax_cents);
  return refuse(
    'credit-above-invoice',
    `at most ${money(left.subtotal_cents)} before tax is left of the invoice ` +
      `(${money(left_total_cents)} with tax)`,
    { extra: { invoice_id, left_subtotal_cents: left.subtotal_cents, left_total_cents } },
  );
}

/**
 * Gives a credit of goodwill. Where the invoice has moved on since its tax was computed, it adds nothing: the
 * note has to be computed anew.
 */
export const creditInvoice = defineCommand({
  name: 'credit-invoice',
  aggregate: invoice,
  stream: (input: CreditInvoice) => invoiceStream(input.invoice_id),
  decide(state, { basis, note }, _context: undefined, { now }): InvoiceEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such invoice');
    const refusal = refuseNotes(state);
    if (refusal !== null) return refusal;
    if (hasMoved(state, basis)) return [];
    const tooMuch = refuseCredit(state, -note.subtotal_cents);
    if (tooMuch !== null) return tooMuch;
    const credit = { ...note, purpose: 'goodwill' as const, inputs_position: null, not_billed: null };
    return [{ type: 'CorrectionIssued', data: nextNote(state, credit, { now }) }];
  },
  result: (state) => state,
});
