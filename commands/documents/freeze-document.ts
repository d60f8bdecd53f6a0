import { defineCommand } from '../../src/ledger/command.ts';
import type { DocumentEvent } from '../../src/events/documents.ts';
import { document, documentId, documentStream, type DocumentKey, type FrozenDocument } from './document.ts';

/** Content that lies in table `documents`, under its hash. */
export type FreezeDocument = DocumentKey & Omit<FrozenDocument, 'document_id' | 'frozen_at' | 'rendered'>;

/**
 * Records that a document has this content, for ever. Of several at once one is recorded, and the others get
 * it as their result.
 */
export const freezeDocument = defineCommand({
  name: 'freeze-document',
  aggregate: document,
  stream: (input: FreezeDocument) => documentStream(documentId(input)),
  assumesNew: true,
  decide(state, input, _context: undefined, { now }): DocumentEvent[] {
    if (state !== null) return [];
    return [{ type: 'DocumentFrozen', data: { ...input, document_id: documentId(input), frozen_at: now } }];
  },
  result: (state) => state,
});
