import { defineCommand } from '../../src/ledger/command.ts';
import type { CsvWarning, ProviderInvoiceEvent } from '../../src/events/costs.ts';
import type { LineLinks } from './line-links.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { discovered, type DiscoverProviderInvoice } from './discover-provider-invoice.ts';
import { reissued, reissueEnded } from './invoice-reissue.ts';
import {
  linksOf,
  providerCurrency,
  providerInvoice,
  providerInvoiceStream,
  type ProviderInvoiceState,
} from './provider-invoice.ts';

/**
 * An invoice as read from the provider, with the amount of its summary, and the line and match sets that were
 * stored for it.
 */
export interface IngestProviderInvoice extends DiscoverProviderInvoice {
  lines: { hash: string; parts: number; count: number; total_cents: number; tax_cents: number };
  /** The first values that could not be read, and how many there were. */
  warnings?: CsvWarning[] | undefined;
  warnings_count?: number | undefined;
  matches: MatchSet;
  /** The links by hand that the matches honour. */
  links: LineLinks;
}

/** A match set that was stored for an invoice. */
export interface MatchSet {
  hash: string;
  parts: number;
  matched: number;
  unmatched: number;
}

/** The event that makes a match set of these lines the invoice's. */
export function matchedBy(
  invoice_uuid: string,
  lines_hash: string,
  { hash: matches_hash, ...counts }: MatchSet,
): ProviderInvoiceEvent {
  return { type: 'ProviderInvoiceMatched', data: { invoice_uuid, lines_hash, matches_hash, ...counts } };
}

function sameInvoice(
  { ingested }: ProviderInvoiceState,
  { period, amount_cents, lines, warnings = [], warnings_count = 0 }: IngestProviderInvoice,
): boolean {
  return (
    ingested !== null &&
    ingested.lines_hash === lines.hash &&
    ingested.period === period &&
    ingested.amount_cents === amount_cents &&
    ingested.warnings_count === warnings_count &&
    canonicalJson(ingested.warnings) === canonicalJson(warnings)
  );
}

/**
 * Makes a stored line set and its match set those of the invoice. One append, so that no reader sees lines
 * without their matches. Equal lines add no ingestion, equal matches of equal lines no match.
 */
export const ingestProviderInvoice = defineCommand({
  name: 'ingest-provider-invoice',
  aggregate: providerInvoice,
  stream: (input: IngestProviderInvoice) => providerInvoiceStream(input.invoice_uuid),
  decide(state, input, _context: undefined): ProviderInvoiceEvent[] | Refusal {
    const { invoice_uuid, period, amount_cents, lines, matches, warnings = [], warnings_count = 0 } = input;
    if (canonicalJson(linksOf(state)) !== canonicalJson(input.links))
      return refuse('conflict', 'the links by hand of this invoice changed meanwhile; try again');
    const events: ProviderInvoiceEvent[] = state.discovered ? [] : [discovered(input)];
    const ingestedAlready = sameInvoice(state, input);
    if (!ingestedAlready) {
      events.push({
        type: 'ProviderInvoiceIngested',
        data: {
          invoice_uuid,
          period,
          amount_cents,
          currency: providerCurrency,
          lines_hash: lines.hash,
          parts: lines.parts,
          lines: lines.count,
          lines_total_cents: lines.total_cents,
          tax_cents: lines.tax_cents,
          difference_cents: amount_cents - lines.total_cents,
          ...(warnings_count === 0 ? {} : { warnings, warnings_count }),
        },
      });
    }
    if (!ingestedAlready || state.matched?.matches_hash !== matches.hash) {
      events.push(matchedBy(invoice_uuid, lines.hash, matches));
    }
    return [...events, ...reissueOf(state, input)];
  },
  result: (state) => state,
});

/**
 * What an ingestion says of a reissue: it settles one that was recorded before, and records one that it finds
 * itself. Other warnings or another period make no reissue.
 */
function reissueOf(
  state: ProviderInvoiceState,
  { invoice_uuid, amount_cents, lines }: IngestProviderInvoice,
): ProviderInvoiceEvent[] {
  const { ingested, reissue } = state;
  if (reissue?.open === true && !reissue.ingested && reissue.replaced_by === null)
    return reissueEnded(invoice_uuid, state, 'ingested');
  const isSame = ingested?.lines_hash === lines.hash && ingested.amount_cents === amount_cents;
  const content = { amount_cents, lines_hash: lines.hash, replaced_by: null };
  return isSame ? [] : reissued(invoice_uuid, state, content, true);
}
