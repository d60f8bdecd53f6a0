import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DocumentEvent } from '../../src/events/documents.ts';
import { document, documentStream, type FrozenDocument } from './document.ts';

/** The bytes of one form of a frozen document, which lie in table `documents` under their hash. */
export type RecordRendering = Pick<FrozenDocument, 'document_id'> & FrozenDocument['rendered'][number];

/** Records the bytes of a form, once: the first ones stay, and are the result. */
export const recordRendering = defineCommand({
  name: 'record-rendering',
  aggregate: document,
  stream: (input: RecordRendering) => documentStream(input.document_id),
  decide(state, { document_id, form, sha256, bytes }): DocumentEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such document');
    if (state.rendered.some((one) => one.form === form)) return [];
    const { tenant_id } = state;
    return [{ type: 'DocumentRendered', data: { document_id, tenant_id, form, sha256, bytes } }];
  },
  result: (state) => state,
});
