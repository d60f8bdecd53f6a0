import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { corrections, documentNumbers, tenantInvoices } from '../invoicing/tables.ts';
import { accountEntries, payments } from '../receivables/tables.ts';
import { arDocuments } from './tables.ts';

/** A document of a tenant as finance should have it, beside what finance has. */
export interface ArCandidate {
  external_id: string;
  kind: 'invoice' | 'credit_note' | 'debit_note' | 'payment';
  tenant_id: string;
  /** Without the suffix of a reissue. Null for a payment. */
  number: string | null;
  issue_no: number;
  status: 'issued' | 'void' | 'received' | 'reversed';
  issued_on: string;
  due_on: string | null;
  period_start: string | null;
  period_end: string | null;
  currency: string;
  /** The number and the issue that a note or a payment is for. */
  refers_to: string | null;
  refers_to_issue: number | null;
  /** Of documents that count; a payment is less its refunds. */
  net_cents: number;
  tax_cents: number;
  gross_cents: number;
  /** Where its lines are; null for a payment. */
  invoice_id: string | null;
  lines_hash: string | null;
  /** What finance received last; null: nothing. */
  pushed_hash: string | null;
  /** What was compared last; null: nothing since it was pushed. */
  compared_hash: string | null;
}

/**
 * Numbered invoices, numbered notes and payments, by id. A note of an issue that was replaced or is void is
 * void too.
 */
export async function arCandidates(
  db: Db,
  { after, limit }: { after: string; limit: number },
): Promise<ArCandidate[]> {
  return db<ArCandidate[]>`
    select d.*, a.content_hash as pushed_hash, a.compared_hash
    from (
      select i.id as external_id, 'invoice' as kind, i.tenant_id, n.number, i.issue_no,
        case when i.status = 'void' then 'void' else 'issued' end as status,
        (i.issued_at at time zone 'UTC')::date as issued_on, i.due_on, i.period_start, i.period_end,
        i.currency, null::text as refers_to, null::bigint as refers_to_issue, i.subtotal_cents as net_cents,
        i.tax_cents, i.total_cents as gross_cents, i.id as invoice_id, i.lines_hash
      from ${db(tenantInvoices.ref)} i join ${db(documentNumbers.ref)} n on n.subject_id = i.id
      union all
      select c.id, c.kind, c.tenant_id, n.number, 1,
        case when i.status = 'void' or i.issue_no <> c.issue_no then 'void' else 'issued' end,
        (c.issued_at at time zone 'UTC')::date, c.due_on, i.period_start, i.period_end, i.currency, m.number,
        c.issue_no, c.subtotal_cents, c.tax_cents, c.total_cents, c.invoice_id, c.lines_hash
      from ${db(corrections.ref)} c
      join ${db(documentNumbers.ref)} n on n.subject_id = c.id
      join ${db(tenantInvoices.ref)} i on i.id = c.invoice_id
      left join ${db(documentNumbers.ref)} m on m.subject_id = c.invoice_id
      union all
      select p.id, 'payment', p.tenant_id, null, 1,
        case when p.reversed_on is null then 'received' else 'reversed' end,
        p.received_on, null, null, null, p.currency, m.number, i.issue_no,
        p.amount_cents - r.refunded, 0, p.amount_cents - r.refunded, null, null
      from ${db(payments.ref)} p
      left join ${db(tenantInvoices.ref)} i on i.id = p.invoice_id
      left join ${db(documentNumbers.ref)} m on m.subject_id = p.invoice_id
      cross join lateral (
        select coalesce(-sum(e.amount_cents), 0)::bigint as refunded
        from ${db(accountEntries.ref)} e where e.source_id = p.id and e.kind = 'refund') r
    ) d
    left join ${db(arDocuments.ref)} a on a.external_id = d.external_id
    where d.external_id > ${after} order by d.external_id limit ${limit}`;
}

/** A difference between what finance was sent and what it holds. Of a personal field both are null. */
export interface ArDifferenceRow {
  field: string;
  ours: string | number | boolean | null;
  theirs: string | number | boolean | null;
}

/** A document that finance received. */
export type ArDocumentRow = Omit<Row<typeof arDocuments>, 'differences'> & { differences: ArDifferenceRow[] };

/** `different` and `same` were compared; `unread` were not since they were pushed last. */
export const arStatuses = ['different', 'same', 'unread'] as const;
export type ArStatus = (typeof arStatuses)[number];

/** The documents that finance received, those that were pushed last first. */
export async function listArDocuments(
  db: Db,
  { status, tenantId }: { status?: ArStatus | undefined; tenantId?: string | undefined },
  { after, limit }: { after: number | null; limit: number },
): Promise<ArDocumentRow[]> {
  return db<ArDocumentRow[]>`
    select external_id, kind, tenant_id, content_hash, action, finance_id, pushed_at, compared_hash,
      differences, compared_at, position
    from ${db(arDocuments.ref)}
    where true
      ${tenantId === undefined ? db`` : db`and tenant_id = ${tenantId}`}
      ${status === undefined ? db`` : db`and ${ofStatus(db, status)}`}
      ${after === null ? db`` : db`and position < ${after}`}
    order by position desc limit ${limit}`;
}

function ofStatus(db: Db, status: ArStatus) {
  switch (status) {
    case 'unread':
      return db`compared_at is null`;
    case 'same':
      return db`compared_at is not null and differences = '[]'::jsonb`;
    case 'different':
      return db`compared_at is not null and differences <> '[]'::jsonb`;
  }
}

/**
 * The documents of a month whose copy at finance differs, by kind and id: its invoices, their notes, and what
 * was paid in it.
 * @param period first day of the month
 */
export async function differentArDocuments(
  db: Db,
  period: string,
): Promise<{ external_id: string; kind: ArCandidate['kind'] }[]> {
  return db<{ external_id: string; kind: ArCandidate['kind'] }[]>`
    select a.external_id, a.kind from ${db(arDocuments.ref)} a
    left join ${db(corrections.ref)} c on c.id = a.external_id
    left join ${db(tenantInvoices.ref)} i on i.id = coalesce(c.invoice_id, a.external_id)
    left join ${db(payments.ref)} p on p.id = a.external_id
    where ${ofStatus(db, 'different')}
      and date_trunc('month', coalesce(i.period_start, p.received_on)::timestamp) = ${period}::date
    order by a.kind, a.external_id`;
}

/** Whether finance has ever given its copy of a document. */
export async function hasReadBack(db: Db): Promise<boolean> {
  const [row] = await db<{ found: boolean }[]>`
    select exists (select from ${db(arDocuments.ref)} where compared_at is not null) as found`;
  return row?.found === true;
}
