import type { Aggregate } from '../../src/ledger/command.ts';
import type { FinanceArEvent } from '../../src/events/documents.ts';

type Pushed = Extract<FinanceArEvent, { type: 'ArDocumentPushed' }>['data'];
type Compared = Extract<FinanceArEvent, { type: 'ArDocumentCompared' }>['data'];

/** Finance's own key of a document: the id of an invoice, a correction or a payment. */
export const arDocumentStream = (externalId: string): string => `finance-ar-${externalId}`;

/** A document as finance received it last, and the last comparison of that content. */
export interface ArDocument {
  pushed: Pushed;
  compared: Compared | null;
}

/** Null until it is pushed. */
export type ArDocumentState = ArDocument | null;

export const arDocument: Aggregate<ArDocumentState, FinanceArEvent> = {
  name: 'ar-document',
  initialState: null,
  evolve(state, event): ArDocumentState {
    switch (event.type) {
      case 'ArDocumentPushed':
        return { pushed: event.data, compared: null };
      case 'ArDocumentCompared':
        return state && { ...state, compared: event.data };
    }
  },
};
