import { defineCommand } from '../../src/ledger/command.ts';
import type { FinanceArEvent } from '../../src/events/documents.ts';
import { arDocument, arDocumentStream, type ArDocument } from './ar-document.ts';

export type RecordArPush = Omit<ArDocument['pushed'], 'pushed_at'>;

/** Records that finance has taken a document. The same content under the same id adds nothing. */
export const recordArPush = defineCommand({
  name: 'record-ar-push',
  aggregate: arDocument,
  stream: (input: RecordArPush) => arDocumentStream(input.external_id),
  decide(state, input, _context: undefined, { now }): FinanceArEvent[] {
    if (state?.pushed.content_hash === input.content_hash && state.pushed.finance_id === input.finance_id)
      return [];
    return [{ type: 'ArDocumentPushed', data: { ...input, pushed_at: now } }];
  },
  result: (state) => state,
});
