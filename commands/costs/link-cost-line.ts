import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { matchedBy, type MatchSet } from './ingest-provider-invoice.ts';
import type { IdentifiedLine } from './line-links.ts';
import { providerInvoice, providerInvoiceStream, type ProviderInvoiceState } from './provider-invoice.ts';

/** A match set that was stored for an invoice, and the sets from which it was made. */
export interface ChangedMatches {
  invoice_uuid: string;
  from: { lines_hash: string; matches_hash: string };
  matches: MatchSet;
}

/** A line to link by hand to a resource, or to none (null). */
export interface LinkCostLine extends ChangedMatches, IdentifiedLine {
  resource_id: string | null;
  reason: string;
}

/** The refusal of a change whose invoice was ingested or linked since it was prepared. */
export function refusedAsOld(state: ProviderInvoiceState, { from }: ChangedMatches): Refusal | null {
  const isSame =
    state.ingested?.lines_hash === from.lines_hash && state.matched?.matches_hash === from.matches_hash;
  return isSame ? null : refuse('conflict', 'the lines of this invoice changed meanwhile; try again');
}

/** The event that makes a stored match set the invoice's; none where it is already. */
export function matchedAnew({ invoice_uuid, from, matches }: ChangedMatches): ProviderInvoiceEvent[] {
  return matches.hash === from.matches_hash ? [] : [matchedBy(invoice_uuid, from.lines_hash, matches)];
}

/**
 * Links a cost line to a resource by hand, or to none, from then on: the link holds when the invoice is
 * ingested again. One append with the matches that follow. The same link with the same reason adds nothing.
 */
export const linkCostLine = defineCommand({
  name: 'link-cost-line',
  aggregate: providerInvoice,
  stream: (input: LinkCostLine) => providerInvoiceStream(input.invoice_uuid),
  decide(state, input, _context: undefined): ProviderInvoiceEvent[] | Refusal {
    const { invoice_uuid, key, line, resource_id, reason } = input;
    const link = state.links.get(key);
    if (link?.resource_id === resource_id && link.reason === reason) return [];
    const refused = refusedAsOld(state, input);
    if (refused !== null) return refused;
    return [
      { type: 'CostLineLinked', data: { invoice_uuid, line_key: key, line, resource_id, reason } },
      ...matchedAnew(input),
    ];
  },
  result: (state, { key }) => state.links.get(key) ?? null,
});
