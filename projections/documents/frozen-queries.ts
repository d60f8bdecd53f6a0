import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import { erasedKeys } from '../parties/tables.ts';
import { frozenDocuments, renderedDocuments } from './tables.ts';

/** A frozen document as it is shown. */
export type FrozenRow = Row<typeof frozenDocuments>;

/** What is stored of a frozen document. */
export interface DocumentFormRow {
  /** Of an invoice; null for the other kinds. */
  issue_no: number | null;
  form: 'content' | 'pdf' | 'ubl';
  sha256: string;
  /** The last day on which the law keeps it. */
  retain_until: string;
}

/** The frozen documents of an invoice, a correction or a payment, in the order of issues. */
export async function frozenOf(db: Db, subjectId: string, by?: string): Promise<FrozenRow[]> {
  return db<FrozenRow[]>`
    select * from ${db(frozenDocuments.ref)}
    where subject_id = ${subjectId} ${by === undefined ? db`` : db`and frozen_at <= ${by}`}
    order by issue_no`;
}

/** What is stored of the documents of an invoice, a correction or a payment. */
export async function formsOf(db: Db, subjectId: string, by?: string): Promise<DocumentFormRow[]> {
  return db<DocumentFormRow[]>`
    select f.issue_no, s.form, s.sha256, f.retain_until
    from ${db(frozenDocuments.ref)} f cross join lateral (
      select 'content' as form, f.content_sha256 as sha256
      union all
      select r.form, r.sha256 from ${db(renderedDocuments.ref)} r
      where r.document_id = f.document_id ${by === undefined ? db`` : db`and r.rendered_at <= ${by}`}) s
    where f.subject_id = ${subjectId} ${by === undefined ? db`` : db`and f.frozen_at <= ${by}`}
    order by f.issue_no, s.form`;
}

/** How many documents of a tenant are kept, and the last day on which one is; null: there are none. */
export async function keptOf(
  db: Db,
  tenantId: string,
): Promise<{ count: number; retain_until: string | null }> {
  const [row] = await db<{ count: number; retain_until: string | null }[]>`
    select count(*) as count, max(retain_until) as retain_until from ${db(frozenDocuments.ref)} f
    where f.tenant_id = ${tenantId} and exists (
      select from documents d where d.document_id = f.document_id and d.sha256 = f.content_sha256)`;
  return row ?? { count: 0, retain_until: null };
}

/** Tenants whose personal data were erased. */
export async function erasedTenants(db: Db): Promise<string[]> {
  const rows = await db<{ tenant_id: string }[]>`select distinct tenant_id from ${db(erasedKeys.ref)}`;
  return rows.map(({ tenant_id }) => tenant_id);
}

/** Bytes of a document in the durable table `documents`. */
interface StoredForm {
  document_id: string;
  form: 'content' | 'pdf' | 'ubl';
  sha256: string;
}

/** Stored bytes, of so many minutes of age, that no event names as far as the read models know. */
export async function unnamedForms(
  db: Db,
  { tenantId, minutes }: { tenantId: string | undefined; minutes: number },
): Promise<StoredForm[]> {
  return db<StoredForm[]>`
    select d.document_id, d.form, d.sha256 from documents d
    where d.created_at <= now() - ${minutes} * interval '1 minute'
      ${tenantId === undefined ? db`` : db`and d.tenant_id = ${tenantId}`}
      and not exists (
        select from ${db(frozenDocuments.ref)} f
        where f.document_id = d.document_id and d.form = 'content' and f.content_sha256 = d.sha256)
      and not exists (
        select from ${db(renderedDocuments.ref)} r
        where r.document_id = d.document_id and r.form = d.form and r.sha256 = d.sha256)`;
}

/** A stored form of a document that is not what its event says. */
export interface DocumentFault extends StoredForm {
  subject_id: string;
  tenant_id: string;
  number: string;
  fault: 'missing' | 'altered';
}

/** How many stored forms events name, and those that are missing or altered. */
export interface VerifiedForms {
  forms: number;
  faults: DocumentFault[];
}

/**
 * Compares the stored bytes of every document with the hash that its event names. They may be missing once
 * their day has passed.
 */
export async function verifyForms(db: Db, today: string): Promise<VerifiedForms> {
  const faults = await db<DocumentFault[]>`
    with named as (
      select document_id, 'content' as form, content_sha256 as sha256 from ${db(frozenDocuments.ref)}
      union all
      select document_id, form, sha256 from ${db(renderedDocuments.ref)})
    select n.document_id, n.form, n.sha256, f.subject_id, f.tenant_id,
      f.number, case when d.content is null then 'missing' else 'altered' end as fault
    from named n
    join ${db(frozenDocuments.ref)} f on f.document_id = n.document_id
    left join documents d on d.document_id = n.document_id and d.form = n.form and d.sha256 = n.sha256
    where case when d.content is null
      then f.retain_until >= ${today}::date
      else encode(sha256(d.content), 'hex') <> n.sha256 end
    order by f.number, n.form`;
  const [all] = await db<{ forms: number }[]>`
    select (select count(*) from ${db(frozenDocuments.ref)})
      + (select count(*) from ${db(renderedDocuments.ref)}) as forms`;
  return { forms: all?.forms ?? 0, faults: [...faults] };
}
