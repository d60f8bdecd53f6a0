import { formsOf, frozenOf, type DocumentFormRow } from '../../../projections/documents/frozen-queries.ts';
import type { Db } from '../../database/db.ts';
import type { BuyerView, SellerView } from '../../documents/document-view.ts';
import { contentOf } from '../../processes/documents/load-frozen.ts';

/** What an invoice shows of its documents. */
export interface ShownDocuments {
  /** Of the issue in force; null until its document is frozen. */
  seller: SellerView | null;
  buyer: BuyerView | null;
  documents: (DocumentFormRow & { issue_no: number })[];
}

/**
 * Adds the documents of an invoice to it.
 * @param by those that were there by this instant; default: all
 */
export async function withDocuments<Shown extends { id: string; issue_no: number }>(
  db: Db,
  invoice: Shown,
  by?: string,
): Promise<Shown & ShownDocuments> {
  const frozen = (await frozenOf(db, invoice.id, by)).find(({ issue_no }) => issue_no === invoice.issue_no);
  const content = frozen === undefined ? null : await contentOf(db, frozen);
  const forms = await formsOf(db, invoice.id, by);
  return {
    ...invoice,
    seller: content?.seller ?? null,
    buyer: content?.buyer ?? null,
    documents: forms.map((form) => ({ ...form, issue_no: form.issue_no ?? 1 })),
  };
}
