import type { Db } from '../../src/database/db.ts';
import type { Notice } from '../../src/events/documents.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { invoiceById } from '../invoicing/invoice-queries.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { deliveries, deliveryAttempts } from './tables.ts';

/** For a request: the invoice as it is now; null: there is none. */
export async function loadDeliveryContext(
  db: Db,
  { invoice_id }: { invoice_id: string },
): Promise<{ tenant_id: string; status: string; issue_no: number } | null> {
  return invoiceById(db, invoice_id);
}

/** A delivery of an invoice. */
export type DeliveryRow = Omit<Row<typeof deliveries>, 'invoice_id' | 'issue_no' | 'notice'> & {
  invoice_id: string;
  issue_no: number;
};
/** A delivery of a notice. */
export type NoticeRow = Omit<Row<typeof deliveries>, 'invoice_id' | 'issue_no' | 'notice'> & {
  notice: Notice;
};
export type AttemptRow = Omit<Row<typeof deliveryAttempts>, 'delivery_id'>;

/** Place of a delivery in its list: newest first. */
export type DeliveryKey = readonly [position: number];

/** A row with the attempts of its delivery, in order. */
export type WithTries<Delivery> = Delivery & { tries: AttemptRow[] };

/** The deliveries of an invoice with their attempts, newest first, their personal fields sealed. */
export async function deliveriesOf(
  db: Db,
  invoiceId: string,
  { after, limit }: { after: DeliveryKey | null; limit: number },
): Promise<WithTries<DeliveryRow>[]> {
  const rows = await db<DeliveryRow[]>`
    select id, tenant_id, invoice_id, issue_no, recipients, addresses, message_id, automatic, phase, outcome,
      stopped, attempts, accepted, bounced, since, requested_at, position
    from ${db(deliveries.ref)}
    where invoice_id = ${invoiceId} ${after === null ? db`` : db`and position < ${after[0]}`}
    order by position desc limit ${limit}`;
  return withTries(db, rows);
}

/** The notices to a tenant with their attempts, newest first, their personal fields sealed. */
export async function noticesTo(
  db: Db,
  tenantId: string,
  { after, limit }: { after: DeliveryKey | null; limit: number },
): Promise<WithTries<NoticeRow>[]> {
  const rows = await db<NoticeRow[]>`
    select id, tenant_id, notice, recipients, addresses, message_id, automatic, phase, outcome, stopped,
      attempts, accepted, bounced, since, requested_at, position
    from ${db(deliveries.ref)}
    where tenant_id = ${tenantId} and notice is not null
      ${after === null ? db`` : db`and position < ${after[0]}`}
    order by position desc limit ${limit}`;
  return withTries(db, rows);
}

async function withTries<Delivery extends { id: string }>(
  db: Db,
  rows: readonly Delivery[],
): Promise<WithTries<Delivery>[]> {
  const tries = await db<Row<typeof deliveryAttempts>[]>`
    select delivery_id, attempt_no, attempted_at, outcome, details, retry_at, ended_at
    from ${db(deliveryAttempts.ref)}
    where delivery_id = any(${rows.map(({ id }) => id)}::text[]) order by delivery_id, attempt_no`;
  return rows.map((row) => ({
    ...row,
    tries: tries.flatMap(({ delivery_id, ...attempt }) => (delivery_id === row.id ? [attempt] : [])),
  }));
}

/**
 * Deliveries to be worked on, the longest due first: requested ones that no process began, ones whose pause
 * is over, and attempts without an end that began before a time.
 * @param times.now ISO instants, both
 */
export async function dueDeliveries(
  db: Db,
  { now, lostBefore }: { now: string; lostBefore: string },
  filter: { period?: string | undefined; limit: number },
): Promise<{ id: string; invoice_id: string | null }[]> {
  return db<{ id: string; invoice_id: string | null }[]>`
    select d.id, d.invoice_id from ${db(deliveries.ref)} d
    where (d.phase in ('requested', 'pending') and d.since <= ${now}::timestamptz
        or d.phase = 'sending' and d.since <= ${lostBefore}::timestamptz)
      ${
        filter.period === undefined
          ? db``
          : db`and d.invoice_id in (
              select id from ${db(tenantInvoices.ref)} where period_start = ${filter.period}::date)`
      }
    order by d.since, d.id limit ${filter.limit}`;
}

/** An issue that was never mailed. */
export interface UnsentInvoice {
  id: string;
  tenant_id: string;
  issue_no: number;
}

/**
 * Invoices that are not void and whose issue was never mailed, nor decided to be mailed by itself, oldest
 * first. A mailing by hand that reached no address does not count.
 * @param filter of a month (its first day), or issued since an instant
 */
export async function unsentInvoices(
  db: Db,
  filter: { period?: string | undefined; issuedSince?: string | undefined; limit?: number },
): Promise<UnsentInvoice[]> {
  return db<UnsentInvoice[]>`
    select i.id, i.tenant_id, i.issue_no from ${db(tenantInvoices.ref)} i
    where i.status <> 'void'
      ${filter.period === undefined ? db`` : db`and i.period_start = ${filter.period}::date`}
      ${filter.issuedSince === undefined ? db`` : db`and i.issued_at >= ${filter.issuedSince}::timestamptz`}
      and not exists (
        select from ${db(deliveries.ref)} d
        where d.invoice_id = i.id and d.issue_no = i.issue_no
          and (d.automatic or d.phase <> 'over' or d.accepted > 0 or d.outcome = 'unknown'))
    order by i.issued_at, i.id ${filter.limit === undefined ? db`` : db`limit ${filter.limit}`}`;
}
