import {
  document,
  documentId,
  documentStream,
  type DocumentKey,
  type DocumentState,
  type FrozenDocument,
} from '../../../commands/documents/document.ts';
import type { Db } from '../../database/db.ts';
import type { InvoiceView, ReceiptView } from '../../documents/document-view.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { getForm } from './document-store.ts';

/** Content that is frozen. */
export type FrozenView = InvoiceView | ReceiptView;

/** A frozen document with its content. */
export interface LoadedDocument {
  document: FrozenDocument;
  view: FrozenView;
}

/** A document as its own events have it; null: it is not frozen. */
export async function frozenState(ledger: Ledger, id: string): Promise<DocumentState> {
  return foldStream(document, await ledger.events(documentStream(id)));
}

/**
 * A frozen document, its content checked against the journal. Null: it is not frozen.
 * @throws {Refused} `not-found` once the content is gone, because the law no longer asks for it
 */
export async function loadFrozen(ledger: Ledger, key: DocumentKey): Promise<LoadedDocument | null> {
  const state = await frozenState(ledger, documentId(key));
  return state === null ? null : ledger.query((db) => withContent(db, state));
}

/** Adds the content. @throws {Refused} `not-found` once it is gone */
export async function withContent(db: Db, frozen: FrozenDocument): Promise<LoadedDocument> {
  const { number, retain_until } = frozen;
  const view = await contentOf(db, frozen);
  if (view === null)
    throw new Refused(refuse('not-found', `the document ${number} was kept until ${retain_until}`));
  return { document: frozen, view };
}

/** The content of a frozen document; null once it is gone. */
export async function contentOf(
  db: Db,
  { document_id, content_sha256: sha256 }: Pick<FrozenDocument, 'document_id' | 'content_sha256'>,
): Promise<FrozenView | null> {
  const bytes = await getForm(db, { document_id, form: 'content', sha256 });
  return bytes === null ? null : (JSON.parse(bytes.toString('utf8')) as FrozenView);
}
