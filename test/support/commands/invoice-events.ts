/** The input that issues a tenant's invoice of April 2026, and the events of its life. */
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import type { IssueInvoice } from '../../../commands/invoicing/issue-invoice.ts';
import { execution } from './command-spec.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import type { InvoiceEvent } from '../../../src/events/invoicing.ts';

export const aprilInvoiceId = invoiceId('acme', '2026-04-01');

export const april = (changes: Partial<IssueInvoice> = {}): IssueInvoice => ({
  invoice_id: aprilInvoiceId,
  tenant_id: 'acme',
  period_start: '2026-04-01',
  period_end: '2026-04-30',
  currency: 'AUD',
  subtotal_cents: 6422,
  tax_cents: 642,
  total_cents: 7064,
  tax_name: 'GST',
  tax_rate: '0.10',
  inputs_position: 100,
  lines_hash: 'hash-1',
  parts: 1,
  lines: 4,
  unpriced: [],
  net_days: 14,
  force: false,
  ...changes,
});

export const inMay = execution({ now: '2026-05-01T03:00:00.000Z' });

export function issued(
  issue_no = 1,
  changes: Partial<IssueInvoice> = {},
  issued_at = inMay.now,
): InvoiceEvent {
  const { force: _force, net_days, ...data } = april(changes);
  const due_on = addDays(issued_at.slice(0, 10), net_days);
  return { type: 'InvoiceIssued', data: { ...data, issue_no, issued_at, due_on } };
}

export const paid = {
  type: 'InvoicePaid',
  data: { invoice_id: aprilInvoiceId, tenant_id: 'acme', paid_at: inMay.now },
} satisfies InvoiceEvent;

export const voided = {
  type: 'InvoiceVoided',
  data: { invoice_id: aprilInvoiceId, tenant_id: 'acme', reason: 'typo', voided_at: inMay.now },
} satisfies InvoiceEvent;
