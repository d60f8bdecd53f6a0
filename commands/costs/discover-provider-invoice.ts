import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { providerCurrency, providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

export interface DiscoverProviderInvoice {
  invoice_uuid: string;
  invoice_id: string | null;
  period: string;
  amount_cents: number;
}

/** The event that an invoice's first sight adds. */
export function discovered({
  invoice_uuid,
  invoice_id,
  period,
  amount_cents,
}: DiscoverProviderInvoice): ProviderInvoiceEvent {
  return {
    type: 'ProviderInvoiceDiscovered',
    data: { invoice_uuid, invoice_id, period, amount_cents, currency: providerCurrency },
  };
}

/** Records once that the provider has this invoice. Ingestion makes its period and amount certain. */
export const discoverProviderInvoice = defineCommand({
  name: 'discover-provider-invoice',
  aggregate: providerInvoice,
  stream: (input: DiscoverProviderInvoice) => providerInvoiceStream(input.invoice_uuid),
  assumesNew: true,
  decide: (state, input, _context: undefined) => (state.discovered ? [] : [discovered(input)]),
  result: (_state, { invoice_uuid }) => ({ invoice_uuid }),
});
