import { defineProjection, patch, upsert, type RowOp } from '../../src/read-models/projection.ts';
import type { RecordedEvent } from '../../src/events/define.ts';
import type { NotBilledUsage } from '../../src/events/invoicing.ts';
import { documentNumber } from '../../src/events/document-number.ts';
import { dayOf } from '../../src/pricing/calendar.ts';
import { dueOn } from '../../src/pricing/payment-terms.ts';
import {
  corrections,
  documentNumbers,
  invoiceIssues,
  invoicesModel,
  rolledUpMonths,
  tenantInvoiceLines,
  tenantInvoices,
} from './tables.ts';

/** Tenant invoices as they are now, every issue with its lines, and the months that are rolled up. */
export const invoices = defineProjection(
  invoicesModel,
  [tenantInvoices, invoiceIssues, corrections, documentNumbers, tenantInvoiceLines, rolledUpMonths],
  {
    InvoiceLinesStored: ({ data: { invoice_id, tenant_id, lines_hash, lines } }) =>
      lines.map((line) => upsert(tenantInvoiceLines, { ...line, invoice_id, tenant_id, lines_hash })),
    InvoiceIssued: ({ position, data }) => {
      const {
        invoice_id,
        tenant_id,
        period_start,
        period_end,
        currency,
        tax_name,
        tax_rate,
        unpriced,
        unbilled = [],
        unmetered = [],
        replaces_void,
        due_on = dueOn(dayOf(data.issued_at)),
        ...issue
      } = data;
      const { parts: _parts, lines: _lines, ...kept } = issue;
      // A paid invoice is never issued again. A void one may be: with the new issue it is no longer void.
      const life = {
        status: 'issued',
        paid_at: null,
        voided_at: null,
        void_reason: null,
        finance_invoice_id: null,
        pushed_to_finance_at: null,
      };
      return [
        upsert(tenantInvoices, {
          id: invoice_id,
          tenant_id,
          period_start,
          period_end,
          currency,
          tax_name,
          tax_rate,
          unpriced,
          unbilled,
          unmetered,
          ...kept,
          ...life,
          due_on,
          reviewed_position: issue.inputs_position,
        }),
        upsert(invoiceIssues, { invoice_id, position, ...kept, due_on, voided_at: null, void_reason: null }),
        ...(replaces_void === undefined ? [] : [replacedVoid(invoice_id, issue.issue_no - 1, replaces_void)]),
      ];
    },
    InvoicePaid: ({ data: { invoice_id, paid_at } }) =>
      patch(tenantInvoices, { id: invoice_id }, { status: 'paid', paid_at }),
    InvoiceVoided: ({ data: { invoice_id, reason, voided_at } }) =>
      patch(tenantInvoices, { id: invoice_id }, { status: 'void', voided_at, void_reason: reason }),
    CorrectionIssued: ({ position, data }) => {
      const { correction_id, parts: _parts, lines: _lines, not_billed, ...kept } = data;
      const note = upsert(corrections, { id: correction_id, position, ...kept });
      if (kept.inputs_position === null || not_billed === null) return [note];
      return [note, reviewed(kept.invoice_id, kept.inputs_position, not_billed)];
    },
    InvoiceReviewed: ({ data: { invoice_id, inputs_position, not_billed } }) =>
      reviewed(invoice_id, inputs_position, not_billed),
    InvoicesNumbered: ({ data: { invoice_ids, ...data }, ...event }) => numbered(event, data, invoice_ids),
    CorrectionsNumbered: ({ data: { correction_ids, prefix, ...data }, ...event }) =>
      numbered(event, { ...data, prefix: `${prefix}-CN` }, correction_ids),
    MonthRolledUp: ({ data: { inputs_position = 0, not_billable = [], ...data }, metadata }) =>
      upsert(rolledUpMonths, { ...data, inputs_position, not_billable, recorded_at: metadata.recorded_at }),
  },
);

function numbered(
  { stream, position, metadata: { recorded_at } }: Pick<RecordedEvent, 'stream' | 'position' | 'metadata'>,
  { prefix, year, from }: { prefix: string; year: number; from: number },
  ids: readonly string[],
): RowOp[] {
  return ids.map((subject_id, index) => {
    const no = from + index;
    const number = documentNumber(prefix, year, no);
    return upsert(documentNumbers, { subject_id, series: stream, no, number, position, recorded_at });
  });
}

const reviewed = (id: string, position: number, notBilled: NotBilledUsage): RowOp =>
  patch(tenantInvoices, { id }, { reviewed_position: position, ...notBilled });

function replacedVoid(
  invoice_id: string,
  issue_no: number,
  { voided_at, reason }: { voided_at: string; reason: string | null },
): RowOp {
  return patch(invoiceIssues, { invoice_id, issue_no }, { voided_at, void_reason: reason });
}
