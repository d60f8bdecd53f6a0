import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { DocumentEvent, documentKinds } from '../../src/events/documents.ts';

/** What a document is made of. */
export type DocumentKind = (typeof documentKinds)[number];

/** Which document: an issue of an invoice, a correction, or a payment's receipt. */
export interface DocumentKey {
  kind: DocumentKind;
  /** The id of the invoice, the correction or the payment. */
  subject_id: string;
  /** Of an invoice; null for the other kinds. */
  issue_no: number | null;
}

/** The id of a document, which its kind, subject and issue make. */
export const documentId = ({ kind, subject_id, issue_no }: DocumentKey): string =>
  idFrom('document', kind, subject_id, issue_no);

export const documentStream = (id: string): string => `document-${id}`;

type Frozen = Extract<DocumentEvent, { type: 'DocumentFrozen' }>['data'];
type Rendered = Extract<DocumentEvent, { type: 'DocumentRendered' }>['data'];

/** A document whose content is fixed, with the forms that it was rendered to. */
export interface FrozenDocument extends Frozen {
  rendered: readonly Pick<Rendered, 'form' | 'sha256' | 'bytes'>[];
}

/** Null until it is frozen. */
export type DocumentState = FrozenDocument | null;

export const document: Aggregate<DocumentState, DocumentEvent> = {
  name: 'document',
  initialState: null,
  evolve(state, event): DocumentState {
    switch (event.type) {
      case 'DocumentFrozen':
        return { ...event.data, rendered: [] };
      case 'DocumentRendered': {
        const { form, sha256, bytes } = event.data;
        return state && { ...state, rendered: [...state.rendered, { form, sha256, bytes }] };
      }
    }
  },
};
