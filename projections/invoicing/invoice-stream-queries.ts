import type { Db } from '../../src/database/db.ts';
import { deliveries } from '../deliveries/tables.ts';
import { frozenDocuments } from '../documents/tables.ts';
import { corrections, documentNumbers } from './tables.ts';

/** What belongs to an invoice and has events on streams of its own. */
export interface InvoiceParts {
  document_ids: string[];
  delivery_ids: string[];
  /** Numbers of the invoice and of its notes, with the positions of the events that gave them. */
  numbers: { subject_id: string; number: string; position: number }[];
}

/** The documents, deliveries and numbers of an invoice and of its notes. */
export async function invoiceParts(db: Db, id: string): Promise<InvoiceParts> {
  const subjects = db`(
    select ${id}::text union all select c.id from ${db(corrections.ref)} c where c.invoice_id = ${id})`;
  const [documents, mailed, numbers] = await Promise.all([
    db<{ id: string }[]>`
      select document_id as id from ${db(frozenDocuments.ref)} where subject_id in ${subjects}`,
    db<{ id: string }[]>`select id from ${db(deliveries.ref)} where invoice_id = ${id}`,
    db<InvoiceParts['numbers']>`
      select subject_id, number, position from ${db(documentNumbers.ref)} where subject_id in ${subjects}`,
  ]);
  return {
    document_ids: documents.map((row) => row.id),
    delivery_ids: mailed.map((row) => row.id),
    numbers: [...numbers],
  };
}
