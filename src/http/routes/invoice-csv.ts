import { centsCell, csvTable } from '../csv.ts';

/** What a line of the table shows of an invoice. */
interface CsvInvoice {
  id: string;
  number: string | null;
  tenant_id: string;
  period_start: string;
  issue_no: number;
  status: string;
  overdue: boolean;
  currency: string;
  subtotal_cents: number;
  tax_name: string;
  tax_rate: string;
  tax_cents: number;
  total_cents: number;
  paid_cents: number;
  credited_cents: number;
  open_cents: number;
  issued_at: string;
  due_on: string;
  paid_at: string | null;
  voided_at: string | null;
  void_reason: string | null;
  late: boolean;
  mail: string;
}

/** Invoices as a table for spreadsheets. */
export const invoiceCsv = csvTable<CsvInvoice>([
  ['number', ({ number }) => number],
  ['tenant_id', ({ tenant_id }) => tenant_id],
  ['period', ({ period_start }) => period_start.slice(0, 7)],
  ['status', ({ status }) => status],
  ['overdue', ({ overdue }) => overdue],
  ['currency', ({ currency }) => currency],
  ['subtotal', ({ subtotal_cents }) => centsCell(subtotal_cents)],
  ['tax_name', ({ tax_name }) => tax_name],
  ['tax_rate', ({ tax_rate }) => tax_rate],
  ['tax', ({ tax_cents }) => centsCell(tax_cents)],
  ['total', ({ total_cents }) => centsCell(total_cents)],
  ['paid', ({ paid_cents }) => centsCell(paid_cents)],
  ['credited', ({ credited_cents }) => centsCell(credited_cents)],
  ['open', ({ open_cents }) => centsCell(open_cents)],
  ['issued_at', ({ issued_at }) => issued_at],
  ['due_on', ({ due_on }) => due_on],
  ['paid_at', ({ paid_at }) => paid_at],
  ['voided_at', ({ voided_at }) => voided_at],
  ['void_reason', ({ void_reason }) => void_reason],
  ['late', ({ late }) => late],
  ['mail', ({ mail }) => mail],
  ['issue_no', ({ issue_no }) => issue_no],
  ['id', ({ id }) => id],
]);
