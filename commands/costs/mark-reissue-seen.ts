import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import { reissueEnded } from './invoice-reissue.ts';
import { providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

/** An invoice whose reissue an operator has looked at. */
export interface MarkReissueSeen {
  invoice_uuid: string;
  /** False: its lines count no more, since another invoice stands in its place. */
  counts: boolean;
}

/**
 * Takes an invoice's reissue from the list of what needs attention, and the lines of a replaced invoice from
 * the costs. Without an open one it adds nothing. An invoice that could not be ingested is not waited for any
 * more: the provider may have given it up for another.
 */
export const markReissueSeen = defineCommand({
  name: 'mark-reissue-seen',
  aggregate: providerInvoice,
  stream: (input: MarkReissueSeen) => providerInvoiceStream(input.invoice_uuid),
  decide(state, { invoice_uuid, counts }, _context: undefined): ProviderInvoiceEvent[] | Refusal {
    if (!state.discovered) return refuse('not-found', `there is no invoice ${invoice_uuid}`);
    if (counts) return reissueEnded(invoice_uuid, state, 'seen');
    if (state.replaced) return [];
    if (state.ingested === null && state.error === null)
      return refuseField('counts', 'this invoice is not ingested yet, and no try has failed');
    if (state.ingested !== null && (state.reissue?.replaced_by ?? null) === null)
      return refuseField('counts', 'no other invoice stands in the place of this one');
    return [{ type: 'ProviderInvoiceReissueEnded', data: { invoice_uuid, because: 'replaced' } }];
  },
  result: (_state, { invoice_uuid }) => ({ invoice_uuid }),
});
