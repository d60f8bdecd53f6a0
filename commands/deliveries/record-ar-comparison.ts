import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { FinanceArEvent } from '../../src/events/documents.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { arDocument, arDocumentStream, type ArDocument } from './ar-document.ts';

export type RecordArComparison = Omit<NonNullable<ArDocument['compared']>, 'compared_at' | 'tenant_id'>;

/**
 * Records how finance's copy differs from what it was sent. The same result for the same content adds
 * nothing, and neither does one for content that was pushed again meanwhile.
 */
export const recordArComparison = defineCommand({
  name: 'record-ar-comparison',
  aggregate: arDocument,
  stream: (input: RecordArComparison) => arDocumentStream(input.external_id),
  decide(state, input, _context: undefined, { now }): FinanceArEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'finance has received no such document');
    const { pushed, compared } = state;
    if (pushed.content_hash !== input.content_hash) return [];
    if (compared !== null && canonicalJson(compared.differences) === canonicalJson(input.differences))
      return [];
    return [
      {
        type: 'ArDocumentCompared',
        data: { ...input, tenant_id: pushed.tenant_id, compared_at: now },
      },
    ];
  },
  result: (state) => state,
});
