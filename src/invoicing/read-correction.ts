/** What a correction is computed from: an invoice as it was billed so far, and its month as it is now. */
import { correctionsOf, type CorrectionRow } from '../../projections/invoicing/correction-queries.ts';
import {
  invoiceById,
  issuesOf,
  linesOf,
  type InvoiceLineRow,
  type InvoiceRow,
} from '../../projections/invoicing/invoice-queries.ts';
import type { CorrectionBasis } from '../../commands/invoicing/corrected-invoice.ts';
import type { Db } from '../database/db.ts';
import { money } from '../pricing/amount-text.ts';
import { billableMonth } from '../pricing/billable.ts';
import type { BilledInvoice } from '../pricing/invoice.ts';
import type { Tax } from '../pricing/tax.ts';
import { loadInvoicingInputs } from './load-invoicing-inputs.ts';

/** An invoice with its notes, and what of it was billed so far. */
export interface InvoiceWithNotes {
  invoice: InvoiceRow;
  notes: CorrectionRow[];
  basis: CorrectionBasis;
  /** The lines of the issue, then those of its corrections; goodwill is not among them. */
  billed: InvoiceLineRow[];
}

/** A month as a rollup would bill it now. */
export interface FreshMonth {
  /** Null: there is nothing to bill. */
  month: BilledInvoice | null;
  tax: Tax;
}

/**
 * Reads an invoice with its notes in one snapshot; null: there is no such invoice.
 * @param before only notes before this one, by its place: how the invoice was when it was issued
 */
export async function readInvoiceWithNotes(
  db: Db,
  invoiceId: string,
  before = Infinity,
): Promise<InvoiceWithNotes | null> {
  const invoice = await invoiceById(db, invoiceId);
  if (invoice === null) return null;
  const [issues, all] = await Promise.all([issuesOf(db, invoiceId), correctionsOf(db, invoiceId)]);
  const notes = all.filter(({ correction_no }) => correction_no < before);
  const hashes = [
    issues.at(-1)?.lines_hash ?? '',
    ...notes.filter(({ purpose }) => purpose === 'correction').map(({ lines_hash }) => lines_hash),
  ];
  const lines = await linesOf(db, invoiceId, hashes);
  return {
    invoice,
    notes,
    basis: {
      issue_no: invoice.issue_no,
      corrections: all.length,
      reviewed_position: invoice.reviewed_position,
    },
    billed: hashes.flatMap((hash) => lines.get(hash) ?? []),
  };
}

/** Fresh figures that no note can be issued for. */
export class NotCorrectable extends RangeError {
  override readonly name = 'NotCorrectable';
}

/**
 * Bills an invoice's month from what was recorded up to a position, by the rollup's own computation.
 * @throws RangeError for a month that can't be billed; {@link NotCorrectable} for one below zero
 */
export async function freshMonth(
  db: Db,
  {
    tenant_id,
    period_start,
    tax_name,
    tax_rate,
  }: Pick<InvoiceRow, 'tenant_id' | 'period_start' | 'tax_name' | 'tax_rate'>,
  { atPosition, currency }: { atPosition: number; currency: string },
): Promise<FreshMonth> {
  const billedTax = { name: tax_name, rate: tax_rate };
  const [inputs] = await loadInvoicingInputs(db, {
    period: period_start,
    atPosition,
    tenantId: tenant_id,
    currency,
    seedTax: billedTax,
  });
  if (inputs === undefined) return { month: null, tax: billedTax };
  const month = billableMonth(inputs);
  if (month !== null && month.total_cents < 0)
    throw new NotCorrectable(`the month comes to ${money(month.total_cents)} ${currency}, below zero`);
  return { month, tax: inputs.tax };
}
