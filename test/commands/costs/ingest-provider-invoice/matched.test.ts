import { ingestProviderInvoice } from '../../../../commands/costs/ingest-provider-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  ingestInput,
  discovered,
  ingested,
  matched,
  pushed,
} from '../../../support/commands/provider-invoice-events.ts';

describe('ingest-provider-invoice', () => {
  it('records other matches of the same lines', () => {
    const again = { ...ingestInput, matches: { hash: 'm2', parts: 1, matched: 18, unmatched: 15 } };
    given(ingestProviderInvoice, [discovered, ingested, matched, pushed])
      .when(again, undefined)
      .then([
        {
          type: 'ProviderInvoiceMatched',
          data: { ...matched.data, matches_hash: 'm2', matched: 18, unmatched: 15 },
        },
      ]);
  });
});
