import type { Db } from '../../src/database/db.ts';
import { customers, erasedKeys } from '../parties/tables.ts';
import { documentNumbers } from '../invoicing/tables.ts';
import { documentsDue, numbersDue } from './tables.ts';

/** An invoice or a correction without a number. */
export interface NumberDue {
  subject_id: string;
  kind: 'invoice' | 'correction';
  tenant_id: string;
  /** The day (UTC) of its first issue. */
  issued_on: string;
}

/** What has no number yet, in the order of its issue. */
export async function numbersDueNow(db: Db): Promise<NumberDue[]> {
  return db<NumberDue[]>`
    select subject_id, kind, tenant_id, issued_on from ${db(numbersDue.ref)} order by position`;
}

/** An issue or a correction whose document is not frozen. */
export interface DocumentDue {
  kind: 'invoice' | 'correction';
  subject_id: string;
  /** Of an invoice; null for a correction. */
  issue_no: number | null;
  tenant_id: string;
  issued_on: string;
  /** Journal position of its issue. */
  position: number;
}

/** Which documents to look at. */
export interface DocumentsDueFilter {
  /** Issued behind this journal position; default: all. */
  after?: number;
  tenantId?: string;
  /** Ids of invoices and corrections. */
  subjectIds?: readonly string[];
  limit: number;
}

/**
 * Documents that can be frozen, in the order of their issue: they have a number, and their customer a
 * profile.
 */
export async function documentsDueNow(
  db: Db,
  { after = 0, tenantId, subjectIds, limit }: DocumentsDueFilter,
): Promise<DocumentDue[]> {
  return db<DocumentDue[]>`
    select d.kind, d.subject_id, nullif(d.issue_no, 0) as issue_no, d.tenant_id, d.issued_on, d.position
    from ${db(documentsDue.ref)} d
    join ${db(documentNumbers.ref)} n on n.subject_id = d.subject_id
    where d.position > ${after}
      and exists (
        select from ${db(customers.ref)} c
        where c.tenant_id = d.tenant_id
          and not exists (select from ${db(erasedKeys.ref)} e where e.key_id = c.key_id))
      ${tenantId === undefined ? db`` : db`and d.tenant_id = ${tenantId}`}
      ${subjectIds === undefined ? db`` : db`and d.subject_id = any(${[...subjectIds]}::text[])`}
    order by d.position limit ${limit}`;
}

/** How many documents of a tenant are not frozen. */
export async function countDocumentsDue(db: Db, tenantId: string): Promise<number> {
  const [row] = await db<{ due: number }[]>`
    select count(*) as due from ${db(documentsDue.ref)} where tenant_id = ${tenantId}`;
  return row?.due ?? 0;
}
