import type { Aggregate } from '../../src/ledger/command.ts';
import type { CsvWarning, ProviderInvoiceEvent } from '../../src/events/costs.ts';
import type { LineLinks } from './line-links.ts';

/** DigitalOcean bills in no other currency. */
export const providerCurrency = 'USD';

/** The stream of one of the provider's invoices, by the provider's uuid. */
export const providerInvoiceStream = (uuid: string): string => `provider-invoice-${uuid}`;

/** The line set that counts. */
interface IngestedLines {
  period: string;
  amount_cents: number;
  lines_hash: string;
  lines: number;
  lines_total_cents: number;
  tax_cents: number;
  difference_cents: number;
  /** The first values of the CSV that could not be read, and how many there were. */
  warnings: readonly CsvWarning[];
  warnings_count: number;
}

/** The match set that counts: always one of the line set that counts. */
interface MatchedLines {
  matches_hash: string;
  matched: number;
  unmatched: number;
}

/** The copy at finance. `lines_hash` names the lines that it was last sent. */
interface PushedLines {
  lines_hash: string;
  finance_invoice_id: string;
  pushed_at: string;
}

/** A reissue without notice, as the provider has it. */
export interface InvoiceReissue {
  amount_cents: number;
  /** Null: only the amount is known. */
  lines_hash: string | null;
  /** The invoice that the provider lists in its place; null: it has the same uuid. */
  replaced_by: string | null;
  /** Whether its lines count. */
  ingested: boolean;
  /** Whether an operator should still look at it. */
  open: boolean;
}

/** A link by hand: the resource, or null for none. */
export interface LineLink {
  resource_id: string | null;
  reason: string;
}

/** A provider's invoice: discovered once, then given lines, matches and a copy at finance. */
export interface ProviderInvoiceState {
  discovered: boolean;
  ingested: IngestedLines | null;
  matched: MatchedLines | null;
  pushed: PushedLines | null;
  /** The links by hand, by the key of their line. They hold for every line set. */
  links: ReadonlyMap<string, LineLink>;
  /** Why its last ingestion failed; null once it is ingested. */
  error: string | null;
  /** The last amount of the provider's list that was recorded. */
  listed_cents: number | null;
  /** The last reissue that is open or not ingested; null without one. */
  reissue: InvoiceReissue | null;
  /** Whether an operator took it from the costs, and from what is waited for; until an ingestion. */
  replaced: boolean;
}

/** The links by hand of an invoice: the key of a line, and its resource. */
export const linksOf = ({ links }: ProviderInvoiceState): LineLinks =>
  Object.fromEntries([...links].map(([key, { resource_id }]) => [key, resource_id]));

export const providerInvoice: Aggregate<ProviderInvoiceState, ProviderInvoiceEvent> = {
  name: 'provider-invoice',
  initialState: {
    discovered: false,
    ingested: null,
    matched: null,
    pushed: null,
    links: new Map(),
    error: null,
    listed_cents: null,
    reissue: null,
    replaced: false,
  },
  evolve(state, event): ProviderInvoiceState {
    switch (event.type) {
      case 'ProviderInvoiceDiscovered':
        return { ...state, discovered: true, listed_cents: event.data.amount_cents };
      case 'ProviderInvoiceIngested': {
        const {
          period,
          amount_cents,
          lines_hash,
          lines,
          lines_total_cents,
          tax_cents,
          difference_cents,
          warnings = [],
          warnings_count = 0,
        } = event.data;
        const ingested = {
          period,
          amount_cents,
          lines_hash,
          lines,
          lines_total_cents,
          tax_cents,
          difference_cents,
          warnings,
          warnings_count,
        };
        // Matches belong to the lines for which they were found.
        return { ...state, ingested, matched: null, error: null, replaced: false };
      }
      case 'ProviderInvoiceReissued': {
        const { amount_cents, lines_hash, replaced_by, ingested } = event.data;
        return {
          ...state,
          // The list may lag behind what an ingestion finds.
          listed_cents: ingested || replaced_by !== null ? state.listed_cents : amount_cents,
          reissue: { amount_cents, lines_hash, replaced_by, ingested, open: true },
        };
      }
      case 'ProviderInvoiceReissueEnded': {
        const { reissue } = state;
        if (event.data.because === 'replaced')
          return { ...state, ingested: null, matched: null, reissue: null, replaced: true };
        // One that was seen and not ingested is remembered: it is no news the next day.
        const isKept = event.data.because === 'seen' && reissue?.ingested === false;
        return { ...state, reissue: isKept ? { ...reissue, open: false } : null };
      }
      case 'ProviderInvoiceIngestionFailed':
        return { ...state, error: event.data.error };
      case 'ProviderInvoiceMatched': {
        const { matches_hash, matched, unmatched } = event.data;
        return { ...state, matched: { matches_hash, matched, unmatched } };
      }
      case 'CostLineLinked': {
        const { line_key, resource_id, reason } = event.data;
        return { ...state, links: new Map(state.links).set(line_key, { resource_id, reason }) };
      }
      case 'CostLineUnlinked': {
        const links = new Map(state.links);
        links.delete(event.data.line_key);
        return { ...state, links };
      }
      case 'ProviderInvoicePushed': {
        const { lines_hash, finance_invoice_id, pushed_at } = event.data;
        return { ...state, pushed: { lines_hash, finance_invoice_id, pushed_at } };
      }
    }
  },
};
