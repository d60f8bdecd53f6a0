import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { reissued, reissueEnded, type ReissuedContent } from './invoice-reissue.ts';
import { providerInvoice, providerInvoiceStream, type ProviderInvoiceState } from './provider-invoice.ts';

/** What the provider lists and has for an invoice. `listed_cents` null: its list has none. */
export interface NoteReissue {
  invoice_uuid: string;
  listed_cents: number | null;
  /** Of its lines; null where they were not read. */
  lines_hash: string | null;
  /** The invoice that the list has in its place; null where it has the invoice itself, or neither. */
  replaced_by: { invoice_uuid: string; amount_cents: number } | null;
}

/**
 * Records that the provider has other content for an ingested invoice than was ingested, once for the same
 * content, and that it took the content back. An amount of the list counts where it is new: list and summary
 * may differ from the start. The ingested lines stay: only an ingestion replaces them.
 */
export const noteReissue = defineCommand({
  name: 'note-reissue',
  aggregate: providerInvoice,
  stream: (input: NoteReissue) => providerInvoiceStream(input.invoice_uuid),
  decide(state, { invoice_uuid, ...seen }, _context: undefined): ProviderInvoiceEvent[] {
    if (state.ingested === null) return [];
    const content = newContent(state, seen);
    if (content !== null) return reissued(invoice_uuid, state, content, false);
    return isTakenBack(state, seen) ? reissueEnded(invoice_uuid, state, 'withdrawn') : [];
  },
  result: (state) => state,
});

type Seen = Omit<NoteReissue, 'invoice_uuid'>;

/** The content that the provider has, where it is not that of the ingestion. */
function newContent(
  { ingested, listed_cents, reissue }: ProviderInvoiceState,
  { listed_cents: listed, lines_hash, replaced_by }: Seen,
): ReissuedContent | null {
  if (ingested === null) return null;
  if (replaced_by !== null)
    return { amount_cents: replaced_by.amount_cents, lines_hash, replaced_by: replaced_by.invoice_uuid };
  const isNews = listed !== listed_cents || (reissue?.open === true && !reissue.ingested);
  const isListedAnew = listed !== null && listed !== ingested.amount_cents && isNews;
  const hasOtherLines = lines_hash !== null && lines_hash !== ingested.lines_hash;
  if (!isListedAnew && !hasOtherLines) return null;
  const amount_cents = listed ?? reissue?.amount_cents ?? ingested.amount_cents;
  return { amount_cents, lines_hash, replaced_by: null };
}

/** Whether what is known of an open reissue is no more, where the content is not another. */
function isTakenBack({ ingested, reissue }: ProviderInvoiceState, seen: Seen): boolean {
  if (ingested === null || reissue === null || reissue.ingested) return false;
  return reissue.lines_hash === null ? seen.listed_cents !== null : seen.lines_hash === ingested.lines_hash;
}
