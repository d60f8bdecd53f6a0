import type { Db, Fragment } from '../../src/database/db.ts';
import { corrections } from '../invoicing/tables.ts';
import { accountEntries, accountTargets, allocations } from './tables.ts';

/** What is paid of an invoice, as its figures need it. */
export interface PaidOfInvoice {
  allocated_cents: number;
  credited_cents: number;
  allocated_at: string | null;
}

/** The debit notes of the issue in force, of the invoice in row `i`. */
const debitNotes = (db: Db): Fragment => db`
  from ${db(corrections.ref)} n
  where n.invoice_id = i.id and n.issue_no = i.issue_no and n.kind = 'debit_note'`;

/** Columns of {@link PaidOfInvoice} and `debit_notes`, of row `i` joined with {@link paidJoin}. */
export const paidColumns = (db: Db): Fragment => db`
  coalesce(paid.paid_cents, 0) as allocated_cents, coalesce(paid.credited_cents, 0) as credited_cents,
  paid.changed_at as allocated_at,
  coalesce((
    select jsonb_agg(jsonb_build_object('total_cents', n.total_cents, 'due_on', n.due_on)
      order by n.due_on, n.correction_no)
    ${debitNotes(db)}), '[]') as debit_notes`;

/** Joins invoices in rows `i` with what is paid of them, as `paid`. */
export const paidJoin = (db: Db): Fragment =>
  db`left join ${db(accountTargets.ref)} paid on paid.target_id = i.id`;

/** An invoice's own amount; 0 where an earlier version recorded that it was paid as a whole. */
const ownCents = (db: Db): Fragment => db`(case when i.status = 'paid' then 0 else i.total_cents end)`;

const takenCents = (db: Db): Fragment =>
  db`(coalesce(paid.paid_cents, 0) + coalesce(paid.credited_cents, 0))`;

/** What is open of the invoice in row `i`, below zero where too much is paid; as `invoiceFigures` has it. */
export const openCents = (db: Db): Fragment => db`(
  case when i.status = 'void' then 0 else
    ${ownCents(db)} + coalesce((select sum(n.total_cents) ${debitNotes(db)}), 0)::bigint - ${takenCents(db)}
  end)`;

/** The status of the invoice in row `i`, as `invoiceFigures` has it. */
export const statusOf = (db: Db): Fragment => db`(
  case
    when i.status = 'void' then 'void'
    when ${openCents(db)} <= 0 then 'paid'
    when i.status = 'paid' or ${takenCents(db)} > 0 then 'partially_paid'
    else 'issued'
  end)`;

/** Whether the invoice in row `i` is overdue, as `invoiceFigures` has it. */
export const isOverdue = (db: Db, today: string): Fragment => db`(
  i.status <> 'void' and (
    (i.due_on < ${today}::date and ${ownCents(db)} > ${takenCents(db)})
    or exists (
      select from (
        select n.due_on, sum(n.total_cents) over (order by n.due_on, n.correction_no) as owed_cents
        ${debitNotes(db)}) note
      where note.due_on < ${today}::date and ${ownCents(db)} + note.owed_cents > ${takenCents(db)})))`;

/** The instants and days by which a past view is limited. */
export interface PastLimits {
  /** Changes that count by this day; default: all. */
  asOf?: string | undefined;
  /** Changes that were recorded by this instant; default: all. */
  knownAt?: string | undefined;
}

/** What was paid of an invoice at a past moment. */
export async function paidAsOf(
  db: Db,
  invoiceId: string,
  { asOf, knownAt }: PastLimits,
): Promise<PaidOfInvoice> {
  const isCredit = db`exists (
    select from ${db(accountEntries.ref)} e where e.source_id = a.source_id and e.kind = 'credit_note')`;
  const [row] = await db<PaidOfInvoice[]>`
    select coalesce(sum(a.amount_cents) filter (where not ${isCredit}), 0)::bigint as allocated_cents,
      coalesce(sum(a.amount_cents) filter (where ${isCredit}), 0)::bigint as credited_cents,
      max(a.recorded_at) as allocated_at
    from ${db(allocations.ref)} a
    where a.target_id = ${invoiceId}
      ${asOf === undefined ? db`` : db`and a.counts_on <= ${asOf}::date`}
      ${knownAt === undefined ? db`` : db`and a.recorded_at <= ${knownAt}::timestamptz`}`;
  return row ?? { allocated_cents: 0, credited_cents: 0, allocated_at: null };
}
