import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import { reissueEnded } from './invoice-reissue.ts';
import { providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

/** An invoice whose reissue an operator has looked at. */
export interface MarkReissueSeen {
  invoice_uuid: string;
}

/** Takes an invoice's reissue from the list of what needs attention. Without an open one it adds nothing. */
export const markReissueSeen = defineCommand({
  name: 'mark-reissue-seen',
  aggregate: providerInvoice,
  stream: (input: MarkReissueSeen) => providerInvoiceStream(input.invoice_uuid),
  decide: (state, { invoice_uuid }, _context: undefined): ProviderInvoiceEvent[] | Refusal =>
    state.discovered
      ? reissueEnded(invoice_uuid, state, 'seen')
      : refuse('not-found', `there is no invoice ${invoice_uuid}`),
  result: (_state, { invoice_uuid }) => ({ invoice_uuid }),
});
