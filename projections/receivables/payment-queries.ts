import type { Db, Fragment } from '../../src/database/db.ts';
import { accountEntries, allocations, payments } from './tables.ts';

/** A payment as it is now. The reference is sealed. */
export interface PaymentRow {
  id: string;
  tenant_id: string;
  amount_cents: number;
  currency: string;
  received_on: string;
  method: string;
  reference: string;
  /** The invoice that the payer named. */
  invoice_id: string | null;
  recorded_at: string;
  position: number;
  reversed_on: string | null;
  reverse_reason: string | null;
  refunded_cents: number;
  /** What of it pays nothing. */
  unallocated_cents: number;
}

/** What a payment pays now. */
export interface PaymentAllocationRow {
  target_id: string;
  amount_cents: number;
}

/** A part that was paid back. */
export interface RefundRow {
  refund_id: string;
  amount_cents: number;
  reason: string;
  refunded_on: string;
  recorded_at: string;
}

const columns = (db: Db): Fragment => db`
  p.id, p.tenant_id, p.amount_cents, p.currency, p.received_on, p.method, p.reference, p.invoice_id,
  p.recorded_at, p.position, p.reversed_on, p.reverse_reason,
  coalesce((
    select -sum(e.amount_cents) from ${db(accountEntries.ref)} e
    where e.source_id = p.id and e.kind = 'refund'), 0)::bigint as refunded_cents,
  (coalesce((
      select sum(e.amount_cents) from ${db(accountEntries.ref)} e where e.source_id = p.id), 0)
    - coalesce((
      select sum(a.amount_cents) from ${db(allocations.ref)} a where a.source_id = p.id), 0))::bigint
    as unallocated_cents`;

/** Which payments to list. */
export interface PaymentFilter {
  /** Null: of all tenants. */
  tenantId: string | null;
  /** Named by the payer, or paid by it now or before. */
  invoiceId?: string | undefined;
  method?: string | undefined;
  /** Received on this day or later. */
  from?: string | undefined;
  /** Received on this day or before. */
  to?: string | undefined;
}

/** Payments, those that were recorded last first. */
export async function listPayments(
  db: Db,
  { tenantId, invoiceId, method, from, to }: PaymentFilter,
  { after, limit }: { after: number | null; limit: number },
): Promise<PaymentRow[]> {
  const rows = await db<PaymentRow[]>`
    select ${columns(db)} from ${db(payments.ref)} p
    where true
      ${tenantId === null ? db`` : db`and p.tenant_id = ${tenantId}`}
      ${
        invoiceId === undefined
          ? db``
          : db`and p.id in (
              select id from ${db(payments.ref)} where invoice_id = ${invoiceId}
              union select source_id from ${db(allocations.ref)} where target_id = ${invoiceId})`
      }
      ${method === undefined ? db`` : db`and p.method = ${method}`}
      ${from === undefined ? db`` : db`and p.received_on >= ${from}::date`}
      ${to === undefined ? db`` : db`and p.received_on <= ${to}::date`}
      ${after === null ? db`` : db`and p.position < ${after}`}
    order by p.position desc limit ${limit}`;
  return [...rows];
}

/** One payment of any tenant; null: there is none. */
export async function paymentById(db: Db, id: string): Promise<PaymentRow | null> {
  const [row] = await db<PaymentRow[]>`select ${columns(db)} from ${db(payments.ref)} p where p.id = ${id}`;
  return row ?? null;
}

/** What a payment, or another source, pays now, in the order in which it first paid it. */
export async function allocationsOfSource(db: Db, sourceId: string): Promise<PaymentAllocationRow[]> {
  const rows = await db<PaymentAllocationRow[]>`
    select target_id, sum(amount_cents)::bigint as amount_cents from ${db(allocations.ref)}
    where source_id = ${sourceId}
    group by target_id having sum(amount_cents) <> 0 order by min(position), min(allocation_no)`;
  return [...rows];
}

/** What was paid back of a payment, in order. */
export async function refundsOf(db: Db, sourceId: string): Promise<RefundRow[]> {
  const rows = await db<RefundRow[]>`
    select refund_id, -amount_cents as amount_cents, reason, counts_on as refunded_on, recorded_at
    from ${db(accountEntries.ref)} where source_id = ${sourceId} and kind = 'refund'
    order by position, entry_no`;
  return [...rows];
}
