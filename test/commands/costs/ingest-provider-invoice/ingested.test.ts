import { expect } from 'chai';
import { ingestProviderInvoice } from '../../../../commands/costs/ingest-provider-invoice.ts';
import type { ProviderInvoiceEvent } from '../../../../src/events/costs.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  ingestInput,
  discovered,
  ingested,
  matched,
  ingestionFailed,
  reissued,
} from '../../../support/commands/provider-invoice-events.ts';

describe('ingest-provider-invoice', () => {
  it('takes back a recorded failure', () => {
    expect(
      given(ingestProviderInvoice, [discovered, ingestionFailed('row 2')])
        .when(ingestInput, undefined)
        .then([ingested, matched]).error,
    ).to.equal(null);
  });

  it("records lines and matches together, and the difference to the invoice's amount", () => {
    const state = given(ingestProviderInvoice, [discovered])
      .when(ingestInput, undefined)
      .then([ingested, matched]);
    expect(state.ingested?.difference_cents).to.equal(2);
  });

  it('discovers an invoice that is not known', () => {
    given(ingestProviderInvoice).when(ingestInput, undefined).then([discovered, ingested, matched]);
  });

  it('replaces the whole set for other lines, with its matches', () => {
    const other = { ...ingestInput, lines: { ...ingestInput.lines, hash: 'l2' } };
    given(ingestProviderInvoice, [discovered, ingested, matched])
      .when(other, undefined)
      .then([
        { ...ingested, data: { ...ingested.data, lines_hash: 'l2' } },
        { ...matched, data: { ...matched.data, lines_hash: 'l2' } },
        reissued({ ingested: true, lines_hash: 'l2' }),
      ]);
  });

  it('records the values that could not be read, and that they can be', () => {
    const warnings = [{ row: 3, column: 'hours', value: 'n/a' }];
    const read: ProviderInvoiceEvent = {
      type: 'ProviderInvoiceIngested',
      data: { ...ingested.data, warnings, warnings_count: 1 },
    };
    given(ingestProviderInvoice, [discovered])
      .when({ ...ingestInput, warnings, warnings_count: 1 }, undefined)
      .then([read, matched]);
    given(ingestProviderInvoice, [discovered, read, matched])
      .when(ingestInput, undefined)
      .then([ingested, matched]);
  });

  it('records another amount or period', () => {
    const anew = reissued({ ingested: true, amount_cents: 8690, lines_hash: 'l1' });
    for (const [change, difference, then] of [
      [{ amount_cents: 8690 }, 0, [anew]],
      [{ period: '2026-03-01' }, 2, []],
    ] as const) {
      given(ingestProviderInvoice, [discovered, ingested, matched])
        .when({ ...ingestInput, ...change }, undefined)
        .then([
          { ...ingested, data: { ...ingested.data, ...change, difference_cents: difference } },
          matched,
          ...then,
        ]);
    }
  });
});
