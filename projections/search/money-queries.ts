import type { Db } from '../../src/database/db.ts';
import { splitNumber } from '../../src/events/document-number.ts';
import { corrections, documentNumbers, tenantInvoices } from '../invoicing/tables.ts';
import { paidJoin, statusOf } from '../receivables/figure-queries.ts';
import { payments } from '../receivables/tables.ts';
import { holds, inScope, isAmount, isId, nearestFirst, type SearchWanted } from './wanted.ts';

/** A document or a payment that was found. */
interface FoundMoney {
  id: string;
  tenant_id: string;
  amount_cents: number;
  currency: string;
}

export interface FoundInvoice extends FoundMoney {
  /** Of its first issue; null: it waits for it. */
  number: string | null;
  issue_no: number;
  period_start: string;
  status: string;
}

export interface FoundNote extends FoundMoney {
  number: string | null;
  kind: string;
  reason: string;
  period_start: string;
}

export interface FoundPayment extends FoundMoney {
  method: string;
  received_on: string;
  reversed_on: string | null;
}

/** Numbers are kept without the suffix of a reissue, so that it is not searched for. */
const byNumber = (wanted: SearchWanted): SearchWanted => ({
  ...wanted,
  text: splitNumber(wanted.text.replace(/-r(\d+)$/, '-R$1')).base.toLowerCase(),
});

/** Invoices by id, by number, by their total and by what they come to before tax; the newest first. */
export function findInvoices(db: Db, wanted: SearchWanted): Promise<FoundInvoice[]> {
  const numbered = byNumber(wanted);
  return db<FoundInvoice[]>`
    select i.id, i.tenant_id, n.number, i.issue_no, i.period_start, ${statusOf(db)} as status,
      i.total_cents as amount_cents, i.currency
    from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
    left join ${db(documentNumbers.ref)} n on n.subject_id = i.id
    where ${inScope(db, db`i.tenant_id`, wanted)} and (${isId(db, db`i.id`, wanted)}
      or ${holds(db, db`n.number`, numbered)}
      or ${isAmount(db, [db`i.total_cents`, db`i.subtotal_cents`], wanted)})
    order by ${nearestFirst(db, db`n.number`, numbered)}, i.period_start desc, i.id limit ${wanted.limit}`;
}

/** Credit and debit notes by id, number and amount; the newest first. */
export function findNotes(db: Db, wanted: SearchWanted): Promise<FoundNote[]> {
  return db<FoundNote[]>`
    select c.id, c.tenant_id, n.number, c.kind, c.reason, i.period_start, c.total_cents as amount_cents,
      i.currency
    from ${db(corrections.ref)} c join ${db(tenantInvoices.ref)} i on i.id = c.invoice_id
    left join ${db(documentNumbers.ref)} n on n.subject_id = c.id
    where ${inScope(db, db`c.tenant_id`, wanted)} and (${isId(db, db`c.id`, wanted)}
      or ${holds(db, db`n.number`, wanted)}
      or ${isAmount(db, [db`c.total_cents`, db`c.subtotal_cents`], wanted)})
    order by ${nearestFirst(db, db`n.number`, wanted)}, c.position desc limit ${wanted.limit}`;
}

/**
 * Payments by id and amount; the newest first.
 * @param ids payments that are found otherwise too
 */
export function findPayments(db: Db, wanted: SearchWanted, ids: readonly string[]): Promise<FoundPayment[]> {
  return db<FoundPayment[]>`
    select p.id, p.tenant_id, p.amount_cents, p.currency, p.method, p.received_on, p.reversed_on
    from ${db(payments.ref)} p
    where ${inScope(db, db`p.tenant_id`, wanted)} and (${isId(db, db`p.id`, wanted)}
      or p.id = any(${[...ids]}::text[]) or ${isAmount(db, [db`p.amount_cents`], wanted)})
    order by p.position desc limit ${wanted.limit}`;
}

/** The tenants that paid, each with the methods by which it did. */
export function payersOf(db: Db, wanted: SearchWanted): Promise<{ tenant_id: string; method: string }[]> {
  return db<{ tenant_id: string; method: string }[]>`
    select distinct p.tenant_id, p.method from ${db(payments.ref)} p
    where ${inScope(db, db`p.tenant_id`, wanted)}`;
}
