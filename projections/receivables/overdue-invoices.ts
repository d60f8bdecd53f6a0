import type { Db, Fragment } from '../../src/database/db.ts';
import { issueNumber } from '../../src/events/document-number.ts';
import { eventIdsAt } from '../../src/journal/read-journal.ts';
import type { OverdueInvoice } from '../../src/pricing/overdue-parts.ts';
import { corrections, documentNumbers, invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { isOverdue, paidJoin } from './figure-queries.ts';
import { allocations } from './tables.ts';

/** An overdue invoice with its tenant. */
export type OverdueInvoiceRow = OverdueInvoice & { tenant_id: string };

/** The invoice itself, or a debit note of it. */
interface PartRow {
  total_cents: number;
  due_on: string;
  number: string | null;
  /** Journal position of its issue. */
  position: number;
}

interface InvoiceRow
  extends PartRow, Pick<OverdueInvoice, 'invoice_id' | 'period_start' | 'taken_cents' | 'taken'> {
  tenant_id: string;
  issue_no: number;
  notes: readonly PartRow[];
}

/** The debit notes of the issue in force, and what is paid of the invoice in row `i` by day, as JSON. */
const details = (db: Db): Fragment => db`
  coalesce((
    select json_agg(json_build_object('total_cents', c.total_cents, 'due_on', c.due_on, 'number', cn.number,
      'position', c.position) order by c.due_on, c.correction_no)
    from ${db(corrections.ref)} c left join ${db(documentNumbers.ref)} cn on cn.subject_id = c.id
    where c.invoice_id = i.id and c.issue_no = i.issue_no and c.kind = 'debit_note'), '[]') as notes,
  coalesce((
    select json_agg(json_build_object('on', a.counts_on, 'cents', a.amount_cents) order by a.counts_on)
    from ${db(allocations.ref)} a where a.target_id = i.id), '[]') as taken`;

/**
 * Invoices with a part that is open and past its last day to pay, by tenant and due day. Opening balances are
 * no invoices.
 * @param today the day by which they are overdue
 * @param condition on the invoice in row `i`
 */
export async function overdueInvoices(
  db: Db,
  today: string,
  condition: Fragment,
): Promise<OverdueInvoiceRow[]> {
  const rows = await db<InvoiceRow[]>`
    select i.tenant_id, i.id as invoice_id, i.period_start, i.issue_no, i.due_on, n.number, s.position,
      case when i.status = 'paid' then 0 else i.total_cents end as total_cents,
      coalesce(paid.paid_cents, 0) + coalesce(paid.credited_cents, 0) as taken_cents, ${details(db)}
    from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
      join ${db(invoiceIssues.ref)} s on s.invoice_id = i.id and s.issue_no = i.issue_no
      left join ${db(documentNumbers.ref)} n on n.subject_id = i.id
    where ${isOverdue(db, today)} and ${condition}
    order by i.tenant_id, i.due_on, i.id`;
  const events = await eventIdsAt(
    db,
    rows.flatMap(({ position, notes }) => [position, ...notes.map((note) => note.position)]),
  );
  const partOf = ({ total_cents, due_on, number, position }: PartRow, is_note: boolean) => ({
    ...{ total_cents, due_on, number, is_note },
    event_id: events.get(position) ?? null,
  });
  return rows.map(({ tenant_id, invoice_id, period_start, issue_no, taken_cents, taken, notes, ...own }) => ({
    ...{ tenant_id, invoice_id, period_start, taken_cents, taken },
    parts: [
      partOf({ ...own, number: own.number === null ? null : issueNumber(own.number, issue_no) }, false),
      ...notes.map((note) => partOf(note, true)),
    ],
  }));
}
