/** A provider's invoice of April 2026: the inputs that ingest it, and the events of its life. */
import type { IngestProviderInvoice } from '../../../commands/costs/ingest-provider-invoice.ts';
import type { ProviderInvoiceEvent } from '../../../src/events/costs.ts';
import { given } from './command-spec.ts';
import { recordIngestionFailure } from '../../../commands/costs/record-ingestion-failure.ts';

const invoice_uuid = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

export const invoiceHead = { invoice_uuid, invoice_id: '20202604', period: '2026-04-01', amount_cents: 8692 };

export const ingestInput: IngestProviderInvoice = {
  ...invoiceHead,
  lines: { hash: 'l1', parts: 1, count: 33, total_cents: 8690, tax_cents: 790 },
  matches: { hash: 'm1', parts: 1, matched: 17, unmatched: 16 },
  links: {},
};

export const discovered = {
  type: 'ProviderInvoiceDiscovered',
  data: { ...invoiceHead, currency: 'USD' },
} satisfies ProviderInvoiceEvent;

export const ingested = {
  type: 'ProviderInvoiceIngested',
  data: {
    invoice_uuid,
    period: '2026-04-01',
    amount_cents: 8692,
    currency: 'USD',
    lines_hash: 'l1',
    parts: 1,
    lines: 33,
    lines_total_cents: 8690,
    tax_cents: 790,
    difference_cents: 2,
  },
} satisfies ProviderInvoiceEvent;

export const matched = {
  type: 'ProviderInvoiceMatched',
  data: { invoice_uuid, lines_hash: 'l1', matches_hash: 'm1', parts: 1, matched: 17, unmatched: 16 },
} satisfies ProviderInvoiceEvent;

/** A reissue, found by its amount or its lines. */
export const reissued = (
  changes: Partial<Extract<ProviderInvoiceEvent, { type: 'ProviderInvoiceReissued' }>['data']> = {},
): ProviderInvoiceEvent => ({
  type: 'ProviderInvoiceReissued',
  data: {
    invoice_uuid,
    ingested: false,
    amount_cents: 8692,
    lines_hash: null,
    replaced_by: null,
    before: { amount_cents: 8692, lines: 33, lines_total_cents: 8690, lines_hash: 'l1' },
    ...changes,
  },
});

export const pushed = {
  type: 'ProviderInvoicePushed',
  data: {
    invoice_uuid,
    lines_hash: 'l1',
    finance_invoice_id: 'fin-1',
    action: 'created',
    pushed_at: '2026-05-01T00:00:00.000Z',
  },
} satisfies ProviderInvoiceEvent;

export const ingestionFailed = (error: string): ProviderInvoiceEvent => ({
  type: 'ProviderInvoiceIngestionFailed',
  data: { invoice_uuid, error },
});

export const recordFailure = (events: ProviderInvoiceEvent[], error: string) =>
  given(recordIngestionFailure, events).when({ invoice_uuid, error }, undefined);

export const pushInput = {
  invoice_uuid,
  lines_hash: 'l1',
  finance_invoice_id: 'fin-1',
  action: 'created' as const,
};
