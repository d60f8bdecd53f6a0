import { defineCommand } from '../../src/ledger/command.ts';
import type { Refusal } from '../../src/ledger/refusal.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import type { IdentifiedLine } from './line-links.ts';
import { matchedAnew, refusedAsOld, type ChangedMatches } from './link-cost-line.ts';
import { providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

/** A line whose link by hand ends. */
export type UnlinkCostLine = ChangedMatches & IdentifiedLine & { reason: string | null };

/** Gives a cost line back to the matching. A line that is not linked by hand stays as it is. */
export const unlinkCostLine = defineCommand({
  name: 'unlink-cost-line',
  aggregate: providerInvoice,
  stream: (input: UnlinkCostLine) => providerInvoiceStream(input.invoice_uuid),
  decide(state, input, _context: undefined): ProviderInvoiceEvent[] | Refusal {
    const { invoice_uuid, key, line, reason } = input;
    const why = reason === null ? {} : { reason };
    if (!state.links.has(key)) return [];
    return (
      refusedAsOld(state, input) ?? [
        { type: 'CostLineUnlinked', data: { invoice_uuid, line_key: key, line, ...why } },
        ...matchedAnew(input),
      ]
    );
  },
  result: (state, { key }) => state.links.get(key) ?? null,
});
