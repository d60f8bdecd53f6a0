import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { cents, day, text } from '../../src/events/values.ts';
import { providerCurrency, providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

export const discoverProviderInvoiceInput = z.strictObject({
  invoice_uuid: text,
  invoice_id: text.nullable(),
  period: day,
  amount_cents: cents,
});
export type DiscoverProviderInvoiceInput = z.output<typeof discoverProviderInvoiceInput>;

/** The event that an invoice's first sight adds. */
export function discovered({
  invoice_uuid,
  invoice_id,
  period,
  amount_cents,
}: DiscoverProviderInvoiceInput): ProviderInvoiceEvent {
  return {
    type: 'ProviderInvoiceDiscovered',
    data: { invoice_uuid, invoice_id, period, amount_cents, currency: providerCurrency },
  };
}

/** Records once that the provider has this invoice. Ingestion makes its period and amount certain. */
export const discoverProviderInvoice = defineCommand({
  name: 'discover-provider-invoice',
  aggregate: providerInvoice,
  stream: (input: DiscoverProviderInvoiceInput) => providerInvoiceStream(input.invoice_uuid),
  assumesNew: true,
  decide: (state, input, _context: undefined) => (state.discovered ? [] : [discovered(input)]),
  result: (_state, { invoice_uuid }) => ({ invoice_uuid }),
});
