import { ingestProviderInvoice } from '../../../../commands/costs/ingest-provider-invoice.ts';
import { linkCostLine } from '../../../../commands/costs/link-cost-line.ts';
import { atOnce } from '../../../../src/runtime/in-turns.ts';
import { identifySteps } from '../../../../commands/costs/line-links.ts';
import type { ProviderInvoiceEvent } from '../../../../src/events/costs.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  discovered,
  ingested,
  ingestInput,
  matched,
} from '../../../support/commands/provider-invoice-events.ts';

const { invoice_uuid } = matched.data;
const [line] = atOnce(
  identifySteps([
    { product: 'Droplets', group_description: null, description: 'a (s)', started_at: null, ended_at: null },
  ]),
);

describe('link-cost-line', () => {
  if (line === undefined) throw new Error('one line has one key');
  const input = {
    invoice_uuid,
    ...line,
    resource_id: 'r1',
    reason: 'seen',
    from: { lines_hash: 'l1', matches_hash: 'm1' },
    matches: { hash: 'm2', parts: 1, matched: 18, unmatched: 15 },
  };
  const linked = {
    type: 'CostLineLinked',
    data: { invoice_uuid, line_key: line.key, line: line.line, resource_id: 'r1', reason: 'seen' },
  } satisfies ProviderInvoiceEvent;

  it('links and matches in one append', () => {
    given(linkCostLine, [discovered, ingested, matched])
      .when(input, undefined)
      .then([
        linked,
        {
          type: 'ProviderInvoiceMatched',
          data: { ...matched.data, matches_hash: 'm2', matched: 18, unmatched: 15 },
        },
      ]);
  });

  it('refuses a change of matches that count no more', () => {
    const other = { ...matched, data: { ...matched.data, matches_hash: 'm9' } };
    given(linkCostLine, [discovered, ingested, other]).when(input, undefined).refused('conflict');
  });

  it('refuses an ingestion that was matched without the link', () => {
    given(ingestProviderInvoice, [discovered, ingested, matched, linked])
      .when(ingestInput, undefined)
      .refused('conflict');
  });
});
