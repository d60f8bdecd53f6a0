import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import type { InvoiceEvent, InvoiceLine } from '../../src/events/invoicing.ts';
import { issueNumber } from '../../src/events/document-number.ts';
import { canonicalDecimal, roundToCents } from '../../src/pricing/money.ts';
import type { OwedPart } from '../../src/pricing/invoice-figures.ts';
import { paidColumns, paidJoin, type PaidOfInvoice } from '../receivables/figure-queries.ts';
import { corrections, documentNumbers, invoiceIssues, tenantInvoiceLines, tenantInvoices } from './tables.ts';

type Issued = Extract<InvoiceEvent, { type: 'InvoiceIssued' }>['data'];

/**
 * What was used and is not billed: its kind has no price, its days were not in force, or it was not metered.
 */
interface NotBilled {
  unpriced: Issued['unpriced'];
  unbilled: NonNullable<Issued['unbilled']>;
  unmetered: NonNullable<Issued['unmetered']>;
}

/** A tenant's invoice as it is now. Its figures follow from it: `src/pricing/invoice-figures.ts`. */
export interface InvoiceRow
  extends Omit<Row<typeof tenantInvoices>, keyof NotBilled | 'lines_hash'>, NotBilled, PaidOfInvoice {
  /** Null: it waits for its number. Reissues carry a suffix. */
  number: string | null;
  debit_notes: OwedPart[];
}

/** A line as the API shows it. */
export type InvoiceLineRow = Omit<InvoiceLine, 'unit_price_cents'> & { unit_price_cents: number };

/** One issue of an invoice; `voided_at` is set where a later issue replaced it when it was void. */
export type IssueRow = Omit<Row<typeof invoiceIssues>, 'invoice_id' | 'position' | 'due_on'>;

/** A row with its rate and its number as they are shown. */
export const plain = <Invoice extends Pick<InvoiceRow, 'tax_rate' | 'number' | 'issue_no'>>(
  row: Invoice,
): Invoice => ({
  ...row,
  tax_rate: canonicalDecimal(row.tax_rate),
  number: row.number === null ? null : issueNumber(row.number, row.issue_no),
});

const notBilled = (db: Db) =>
  db`unpriced, coalesce(unbilled, '[]') as unbilled, coalesce(unmetered, '[]') as unmetered`;

/** Columns of {@link InvoiceRow}, of row `i` joined with `paidJoin`. */
export const invoiceColumns = (db: Db) => db`
  i.id, (select number from ${db(documentNumbers.ref)} where subject_id = i.id) as number, i.tenant_id,
  i.period_start, i.period_end, i.currency, i.issue_no, i.subtotal_cents, i.tax_cents,
  i.total_cents, i.status, i.tax_name, i.tax_rate, i.inputs_position, ${notBilled(db)}, i.issued_at, i.due_on,
  i.paid_at, i.voided_at, i.void_reason, i.finance_invoice_id, i.pushed_to_finance_at, i.reviewed_position,
  ${paidColumns(db)}`;

/** One invoice of any tenant; null: there is none. */
export async function invoiceById(db: Db, id: string): Promise<InvoiceRow | null> {
  const [row] = await db<InvoiceRow[]>`
    select ${invoiceColumns(db)} from ${db(tenantInvoices.ref)} i ${paidJoin(db)} where i.id = ${id}`;
  return row === undefined ? null : plain(row);
}

/** Invoices of any tenant, in the order of their last day to pay. */
export async function invoicesById(db: Db, ids: readonly string[]): Promise<InvoiceRow[]> {
  const rows = await db<InvoiceRow[]>`
    select ${invoiceColumns(db)} from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
    where i.id = any(${[...ids]}::text[]) order by i.due_on, i.id`;
  return rows.map(plain);
}

/** The number of an invoice's first issue, or of a correction; null: it had none by the instant. */
export async function numberOf(db: Db, subjectId: string, by?: string): Promise<string | null> {
  const [row] = await db<{ number: string }[]>`
    select number from ${db(documentNumbers.ref)}
    where subject_id = ${subjectId} ${by === undefined ? db`` : db`and recorded_at <= ${by}`}`;
  return row?.number ?? null;
}

/** Every issue of an invoice, in order; the last one is in force. */
export async function issuesOf(db: Db, invoiceId: string): Promise<IssueRow[]> {
  return db<IssueRow[]>`
    select issue_no, subtotal_cents, tax_cents, total_cents, lines_hash, inputs_position, issued_at,
      voided_at, void_reason
    from ${db(invoiceIssues.ref)} where invoice_id = ${invoiceId} order by issue_no`;
}

/** The lines of some of an invoice's issues, by their line set's hash, each in order. */
export async function linesOf(
  db: Db,
  invoiceId: string,
  hashes: readonly string[],
): Promise<Map<string, InvoiceLineRow[]>> {
  const rows = await db<
    (Omit<InvoiceLine, 'unit_price_cents'> & { lines_hash: string; unit_price_cents: string })[]
  >`
    select lines_hash, line_no, deployment_id, kind, resource_kind, description, qty, unit, unit_price_cents,
      amount_cents, meta
    from ${db(tenantInvoiceLines.ref)}
    where invoice_id = ${invoiceId} and lines_hash = any(${[...new Set(hashes)]}::text[])
    order by lines_hash, line_no`;
  const sets = new Map<string, InvoiceLineRow[]>(hashes.map((hash) => [hash, []]));
  for (const { lines_hash, ...line } of rows) {
    sets.get(lines_hash)?.push({
      ...line,
      qty: canonicalDecimal(line.qty),
      unit_price_cents: roundToCents(line.unit_price_cents),
    });
  }
  return sets;
}

/** An invoice that exists, as a rollup needs it. */
export interface ExistingInvoice extends NotBilled {
  invoice_id: string;
  tenant_id: string;
  period_start: string;
  /** As its own events have it; payments are events of the tenant's account. */
  status: 'issued' | 'paid' | 'void';
  issue_no: number;
  total_cents: number;
  inputs_position: number;
  lines_hash: string;
  /** What payments and credit notes have paid of it. */
  allocated_cents: number;
  /** How many credit and debit notes it has, and what they come to. */
  notes: number;
  notes_cents: number;
}

/** The invoices of a period, of one tenant or of all. */
export async function invoicesOfPeriod(
  db: Db,
  { period, tenantId }: { period: string; tenantId?: string | undefined },
): Promise<ExistingInvoice[]> {
  return db<ExistingInvoice[]>`
    select i.id as invoice_id, i.tenant_id, period_start, status, issue_no, total_cents, inputs_position,
      lines_hash, ${notBilled(db)},
      coalesce(paid.paid_cents + paid.credited_cents, 0) as allocated_cents,
      n.notes, n.notes_cents
    from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
    cross join lateral (
      select count(*) as notes, coalesce(sum(c.total_cents), 0)::bigint as notes_cents
      from ${db(corrections.ref)} c where c.invoice_id = i.id) n
    where period_start = ${period}::date
      ${tenantId === undefined ? db`` : db`and i.tenant_id = ${tenantId}`}`;
}
