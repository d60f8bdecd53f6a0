import { ingestProviderInvoice } from '../../../../commands/costs/ingest-provider-invoice.ts';
import type { ProviderInvoiceEvent } from '../../../../src/events/costs.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  ingestInput,
  discovered,
  ingested,
  matched,
} from '../../../support/commands/provider-invoice-events.ts';

describe('ingest-provider-invoice', () => {
  it('adds nothing for the same lines and matches', () => {
    given(ingestProviderInvoice, [discovered, ingested, matched]).when(ingestInput, undefined).then([]);
  });

  it('adds nothing for the same values that could not be read', () => {
    const warnings = [{ row: 3, column: 'hours', value: 'n/a' }];
    const read: ProviderInvoiceEvent = {
      type: 'ProviderInvoiceIngested',
      data: { ...ingested.data, warnings, warnings_count: 1 },
    };
    given(ingestProviderInvoice, [discovered, read, matched])
      .when({ ...ingestInput, warnings, warnings_count: 1 }, undefined)
      .then([]);
  });
});
