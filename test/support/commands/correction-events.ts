/** Inputs that correct, review and credit the invoice of `invoice-events.ts`, and the events that follow. */
import {
  correctionId,
  type CorrectionBasis,
  type NoteContent,
} from '../../../commands/invoicing/corrected-invoice.ts';
import type { CreditInvoice } from '../../../commands/invoicing/credit-invoice.ts';
import type { Correction } from '../../../commands/invoicing/invoice.ts';
import type { IssueCorrection } from '../../../commands/invoicing/issue-correction.ts';
import type { ReviewInvoice } from '../../../commands/invoicing/review-invoice.ts';
import type { InvoiceEvent } from '../../../src/events/invoicing.ts';
import { execution } from './command-spec.ts';
import { aprilInvoiceId } from './invoice-events.ts';

/** When notes of the April invoice are issued. */
export const inJune = execution({ now: '2026-06-02T04:00:00.000Z' });

/** How the April invoice is without notes. */
export const uncorrected: CorrectionBasis = { issue_no: 1, corrections: 0, reviewed_position: 100 };

export const nothingUnbilled = { unpriced: [], unbilled: [], unmetered: [] };

/** A note of so many cents before tax, with 10 % of tax. */
export function note(subtotal_cents: number, changes: Partial<NoteContent> = {}): NoteContent {
  const tax_cents = subtotal_cents / 10;
  return {
    subtotal_cents,
    tax_cents,
    total_cents: subtotal_cents + tax_cents,
    tax_name: 'GST',
    tax_rate: '0.10',
    lines_hash: `note-${subtotal_cents}`,
    parts: 1,
    lines: 2,
    reason: 'late usage',
    due_on: '2026-06-16',
    ...changes,
  };
}

/** The input that corrects the April invoice. */
export const correcting = (changes: Partial<IssueCorrection> = {}): IssueCorrection => ({
  invoice_id: aprilInvoiceId,
  basis: uncorrected,
  inputs_position: 200,
  not_billed: nothingUnbilled,
  note: note(500),
  takes_back: null,
  ...changes,
});

/** The input that gives goodwill on the April invoice. */
export const crediting = (cents: number, basis = uncorrected): CreditInvoice => ({
  invoice_id: aprilInvoiceId,
  basis,
  note: note(-cents, { reason: 'an outage' }),
});

/** The input that takes facts of April in which moved no amount. */
export const reviewing = (changes: Partial<ReviewInvoice> = {}): ReviewInvoice => ({
  invoice_id: aprilInvoiceId,
  basis: uncorrected,
  inputs_position: 200,
  not_billed: nothingUnbilled,
  ...changes,
});

/** The event of a note of the April invoice. */
export function noted(
  correction_no: number,
  content: NoteContent,
  changes: Partial<Correction> = {},
): InvoiceEvent {
  return {
    type: 'CorrectionIssued',
    data: {
      correction_id: correctionId(aprilInvoiceId, 1, correction_no),
      invoice_id: aprilInvoiceId,
      tenant_id: 'acme',
      correction_no,
      kind: content.total_cents > 0 ? 'debit_note' : 'credit_note',
      issue_no: 1,
      issued_at: inJune.now,
      ...content,
      purpose: 'correction',
      inputs_position: 200,
      not_billed: nothingUnbilled,
      ...changes,
    },
  };
}

/** The event of goodwill on the April invoice. */
export const forgiven = (correction_no: number, content: NoteContent): InvoiceEvent =>
  noted(correction_no, content, { purpose: 'goodwill', inputs_position: null, not_billed: null });

/** The event of a review of the April invoice. */
export const reviewed = (inputs_position = 200): InvoiceEvent => ({
  type: 'InvoiceReviewed',
  data: {
    invoice_id: aprilInvoiceId,
    tenant_id: 'acme',
    issue_no: 1,
    inputs_position,
    not_billed: nothingUnbilled,
  },
});
