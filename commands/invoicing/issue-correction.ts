import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InvoiceEvent, NotBilledUsage } from '../../src/events/invoicing.ts';
import { leftToCredit } from '../../src/pricing/goodwill.ts';
import {
  creditedInvoice,
  hasMoved,
  nextNote,
  refuseNotes,
  type CorrectionBasis,
  type NoteContent,
} from './corrected-invoice.ts';
import { invoice, invoiceStream, type Correction } from './invoice.ts';

/** A note that makes an invoice what a fresh rollup bills. */
export interface IssueCorrection {
  invoice_id: string;
  basis: CorrectionBasis;
  /** Journal position at which the inputs of the fresh rollup were read. */
  inputs_position: number;
  not_billed: NotBilledUsage;
  note: NoteContent;
  /** The debit note that takes back goodwill above the corrected invoice; null: there is none. */
  takes_back: NoteContent | null;
}

/**
 * Issues a credit or debit note, and with it what takes back surplus goodwill. Where the invoice has moved on
 * since the note was computed, it adds nothing: the note has to be computed anew.
 */
export const issueCorrection = defineCommand({
  name: 'issue-correction',
  aggregate: invoice,
  stream: (input: IssueCorrection) => invoiceStream(input.invoice_id),
  decide(state, input, _context: undefined, { now }): InvoiceEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such invoice');
    const refusal = refuseNotes(state);
    if (refusal !== null) return refusal;
    if (hasMoved(state, input.basis)) return [];
    const { inputs_position, not_billed, note, takes_back } = input;
    const correction = { ...note, purpose: 'correction' as const, inputs_position, not_billed };
    const notes = [nextNote(state, correction, { now })];
    if (takes_back !== null) {
      const surplus = {
        ...takes_back,
        purpose: 'goodwill' as const,
        inputs_position: null,
        not_billed: null,
      };
      notes.push(nextNote(state, surplus, { place: 2, now }));
    }
    requireWithin([...state.corrections, ...notes], state);
    return notes.map((data) => ({ type: 'CorrectionIssued', data }));
  },
  result: (state) => state,
});

/** @throws Error where the notes would credit more than the invoice comes to: they are wrongly computed */
function requireWithin(
  corrections: readonly Correction[],
  state: Parameters<typeof creditedInvoice>[0],
): void {
  const left = leftToCredit(creditedInvoice({ ...state, corrections }));
  if (left.subtotal_cents < 0 || left.tax_cents < 0)
    throw new Error('a correction would leave more credit than the invoice comes to');
}
