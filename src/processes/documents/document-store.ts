import { createHash } from 'node:crypto';
import type { Db } from '../../database/db.ts';

/** What is stored of a document: its content (canonical JSON), or a form that it was rendered to. */
export type DocumentForm = 'content' | 'pdf' | 'ubl';

/** Bytes of a document, by their hash. */
export interface StoredForm {
  document_id: string;
  form: DocumentForm;
  /** SHA-256 in hex. */
  sha256: string;
}

/** SHA-256 of bytes, in hex. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Stores bytes under their hash. They count once an event names the hash. Stored ones stay as they are. */
export async function putForm(
  db: Db,
  { document_id, form, sha256 }: StoredForm,
  { tenant_id, retain_until, content }: { tenant_id: string; retain_until: string; content: Buffer },
): Promise<void> {
  await db`
    insert into documents (document_id, form, sha256, tenant_id, content, retain_until)
    values (${document_id}, ${form}, ${sha256}, ${tenant_id}, ${content}, ${retain_until}::date)
    on conflict do nothing`;
}

/**
 * Stored bytes, checked against their hash. Null: they are not there.
 * @throws they were altered
 */
export async function getForm(db: Db, { document_id, form, sha256 }: StoredForm): Promise<Buffer | null> {
  const [row] = await db<{ content: Buffer }[]>`
    select content from documents
    where document_id = ${document_id} and form = ${form} and sha256 = ${sha256}`;
  if (row === undefined) return null;
  if (sha256Of(row.content) !== sha256)
    throw new Error(`the ${form} of document ${document_id} is not what the journal says: it was altered`);
  return row.content;
}

/** Removes bytes that no event names: another content of the document was recorded first. */
export async function dropForm(db: Db, { document_id, form, sha256 }: StoredForm): Promise<void> {
  await db`
    delete from documents where document_id = ${document_id} and form = ${form} and sha256 = ${sha256}`;
}
