import type { Db, Fragment } from '../../src/database/db.ts';
import { issueNumber } from '../../src/events/document-number.ts';
import { eventIdsAt } from '../../src/journal/read-journal.ts';
import { groupBy } from '../../src/runtime/group-by.ts';
import type { OverdueInvoice, OwedDocument } from '../../src/pricing/overdue-parts.ts';
import { corrections, documentNumbers, invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { isOverdue, paidJoin } from './figure-queries.ts';
import { allocations } from './tables.ts';

interface InvoiceRow {
  invoice_id: string;
  tenant_id: string;
  period_start: string;
  issue_no: number;
  due_on: string;
  own_cents: number;
  taken_cents: number;
  number: string | null;
  position: number;
}

interface NoteRow {
  invoice_id: string;
  total_cents: number;
  due_on: string;
  number: string | null;
  position: number;
}

interface TakenRow {
  invoice_id: string;
  on: string;
  cents: number;
}

/**
 * Invoices with a part that is open and past its last day to pay, by tenant. Opening balances are no
 * invoices.
 * @param today the day by which they are overdue
 * @param condition on the invoice in row `i`
 */
export async function overdueInvoices(
  db: Db,
  today: string,
  condition: Fragment,
): Promise<Map<string, OverdueInvoice[]>> {
  const invoices = await db<InvoiceRow[]>`
    select i.id as invoice_id, i.tenant_id, i.period_start, i.issue_no, i.due_on, n.number, s.position,
      case when i.status = 'paid' then 0 else i.total_cents end as own_cents,
      coalesce(paid.paid_cents, 0) + coalesce(paid.credited_cents, 0) as taken_cents
    from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
      join ${db(invoiceIssues.ref)} s on s.invoice_id = i.id and s.issue_no = i.issue_no
      left join ${db(documentNumbers.ref)} n on n.subject_id = i.id
    where ${isOverdue(db, today)} and ${condition}
    order by i.tenant_id, i.due_on, i.id`;
  if (invoices.length === 0) return new Map();
  const ids = invoices.map(({ invoice_id }) => invoice_id);
  const notes = await db<NoteRow[]>`
    select c.invoice_id, c.total_cents, c.due_on, n.number, c.position
    from ${db(corrections.ref)} c
      join ${db(tenantInvoices.ref)} i on i.id = c.invoice_id and i.issue_no = c.issue_no
      left join ${db(documentNumbers.ref)} n on n.subject_id = c.id
    where c.kind = 'debit_note' and c.invoice_id = any(${ids}::text[])
    order by c.due_on, c.correction_no`;
  const taken = await db<TakenRow[]>`
    select target_id as invoice_id, counts_on as on, sum(amount_cents)::bigint as cents
    from ${db(allocations.ref)} where target_id = any(${ids}::text[])
    group by target_id, counts_on order by counts_on`;
  const events = await eventIdsAt(
    db,
    [...invoices, ...notes].map(({ position }) => position),
  );
  const notesOf = groupBy(notes, ({ invoice_id }) => invoice_id);
  const takenOf = groupBy(taken, ({ invoice_id }) => invoice_id);
  const byTenant = groupBy(invoices, ({ tenant_id }) => tenant_id);
  return new Map(
    [...byTenant].map(([tenant, own]) => [
      tenant,
      own.map((invoice) => ({
        invoice_id: invoice.invoice_id,
        period_start: invoice.period_start,
        parts: partsOf(invoice, notesOf.get(invoice.invoice_id) ?? [], events),
        taken_cents: invoice.taken_cents,
        taken: (takenOf.get(invoice.invoice_id) ?? []).map(({ on, cents }) => ({ on, cents })),
      })),
    ]),
  );
}

function partsOf(
  { own_cents, due_on, number, issue_no, position }: InvoiceRow,
  notes: readonly NoteRow[],
  events: ReadonlyMap<number, string>,
): OwedDocument[] {
  const numbered = number === null ? null : issueNumber(number, issue_no);
  return [
    {
      ...{ total_cents: own_cents, due_on, number: numbered, is_note: false },
      event_id: events.get(position) ?? null,
    },
    ...notes.map((note) => ({
      ...{ total_cents: note.total_cents, due_on: note.due_on, number: note.number, is_note: true },
      event_id: events.get(note.position) ?? null,
    })),
  ];
}
