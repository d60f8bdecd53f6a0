import { defineCommand } from '../../src/ledger/command.ts';
import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import { providerInvoice, providerInvoiceStream } from './provider-invoice.ts';

export interface RecordIngestionFailure {
  invoice_uuid: string;
  error: string;
}

/** What differs in each message of the provider: ids, and times to the second. */
const passing =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\d{4}-\d\d-\d\dT[\d:.]+Z/gi;
const reasonOf = (error: string): string => error.replaceAll(passing, '#');

/**
 * Records why a known invoice could not be ingested (spec 4). The same reason again adds nothing, so retries
 * leave no trace. An ingested invoice keeps its state: failures are in its runs only.
 */
export const recordIngestionFailure = defineCommand({
  name: 'record-ingestion-failure',
  aggregate: providerInvoice,
  stream: (input: RecordIngestionFailure) => providerInvoiceStream(input.invoice_uuid),
  decide(state, { invoice_uuid, error }, _context: undefined): ProviderInvoiceEvent[] {
    if (!state.discovered || state.ingested !== null) return [];
    if (state.error !== null && reasonOf(state.error) === reasonOf(error)) return [];
    return [{ type: 'ProviderInvoiceIngestionFailed', data: { invoice_uuid, error } }];
  },
  result: (state) => state,
});
