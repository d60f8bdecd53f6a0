/** What an invoice's notes come to, and what a further note has to fit. */
import { idFrom } from '../../src/ledger/ids.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { CreditedInvoice, Taxed } from '../../src/pricing/goodwill.ts';
import { sumCents } from '../../src/pricing/money.ts';
import type { NoteTotals } from '../../src/pricing/correction-lines.ts';
import type { Correction, Invoice } from './invoice.ts';

/** What of an invoice says how far it is corrected, as its row and its stream both have it. */
export type CorrectedInvoice = Taxed & {
  tax_name: string;
  tax_rate: string;
  /** In their order. */
  corrections: readonly CountedNote[];
};

/** What of a note counts here. */
export type CountedNote = Pick<
  Correction,
  'purpose' | 'subtotal_cents' | 'tax_cents' | 'tax_name' | 'tax_rate'
>;

/**
 * The state of an invoice that a note was computed from. A note that finds another one is not issued: it is
 * computed anew.
 */
export interface CorrectionBasis {
  issue_no: number;
  /** How many notes the invoice has. */
  corrections: number;
  reviewed_position: number;
}

/** A note whose lines are stored, under the hash that names them. */
export interface NoteContent extends NoteTotals {
  tax_name: string;
  tax_rate: string;
  lines_hash: string;
  parts: number;
  lines: number;
  reason: string;
  due_on: string;
}

/** The id of an invoice's note, by its place among the notes of its issue. */
export const correctionId = (invoiceId: string, issueNo: number, correctionNo: number): string =>
  idFrom('correction', invoiceId, issueNo, correctionNo);

/** Whether an invoice is no longer as it was when a note was computed. */
export function hasMoved(state: Invoice, basis: CorrectionBasis): boolean {
  return (
    state.issue_no !== basis.issue_no ||
    state.corrections.length !== basis.corrections ||
    state.reviewed_position !== basis.reviewed_position
  );
}

/** An invoice with its corrections, and the goodwill that was given on it. */
export function creditedInvoice(invoice: CorrectedInvoice): CreditedInvoice {
  const notesFor = (purpose: CountedNote['purpose']) =>
    invoice.corrections.filter((note) => note.purpose === purpose);
  const corrections = notesFor('correction');
  const goodwill = notesFor('goodwill');
  const last = corrections.at(-1) ?? invoice;
  const sumOf = (notes: readonly Taxed[], field: keyof Taxed): number =>
    sumCents(notes.map((note) => note[field]));
  return {
    standing: {
      subtotal_cents: sumOf([invoice, ...corrections], 'subtotal_cents'),
      tax_cents: sumOf([invoice, ...corrections], 'tax_cents'),
    },
    // 0 - x, since -0 is another number than 0.
    given: {
      subtotal_cents: 0 - sumOf(goodwill, 'subtotal_cents'),
      tax_cents: 0 - sumOf(goodwill, 'tax_cents'),
    },
    tax: { name: last.tax_name, rate: last.tax_rate },
  };
}

/** The event's data of the next note of an invoice. */
export function nextNote(
  { invoice_id, tenant_id, issue_no, corrections }: Invoice,
  note: NoteContent & Pick<Correction, 'purpose' | 'inputs_position' | 'not_billed'>,
  { place = 1, now }: { place?: number; now: string },
): Correction {
  const correction_no = corrections.length + place;
  return {
    correction_id: correctionId(invoice_id, issue_no, correction_no),
    invoice_id,
    tenant_id,
    correction_no,
    kind: note.total_cents > 0 ? 'debit_note' : 'credit_note',
    issue_no,
    issued_at: now,
    ...note,
  };
}

/** Refuses notes of an invoice that does not stand; null: it stands. */
export function refuseNotes(state: Invoice): Refusal | null {
  return state.status === 'void'
    ? refuse('invoice-void', 'the invoice is void: it takes no credit or debit notes', {
        extra: { invoice_id: state.invoice_id },
      })
    : null;
}

/** Refuses to issue anew or to void what notes refer to; null: there are none. */
export function refuseCorrected(
  { invoice_id, corrections }: { invoice_id: string; corrections: number },
  instead: string,
): Refusal | null {
  return corrections === 0
    ? null
    : refuse('invoice-corrected', `the invoice has credit or debit notes: ${instead}`, {
        extra: { invoice_id },
      });
}
