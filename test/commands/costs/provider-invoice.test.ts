import { expect } from 'chai';
import { discoverProviderInvoice } from '../../../commands/costs/discover-provider-invoice.ts';
import {
  ingestProviderInvoice,
  type IngestProviderInvoiceInput,
} from '../../../commands/costs/ingest-provider-invoice.ts';
import { recordFinancePush } from '../../../commands/costs/record-finance-push.ts';
import { recordIngestionFailure } from '../../../commands/costs/record-ingestion-failure.ts';
import type { ProviderInvoiceEvent } from '../../../src/events/costs.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

const invoice_uuid = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const head = { invoice_uuid, invoice_id: '20202604', period: '2026-04-01', amount_cents: 8692 };
const input: IngestProviderInvoiceInput = {
  ...head,
  lines: { hash: 'l1', parts: 1, count: 33, total_cents: 8690, tax_cents: 790 },
  matches: { hash: 'm1', parts: 1, matched: 17, unmatched: 16 },
};
const discovered: ProviderInvoiceEvent = {
  type: 'ProviderInvoiceDiscovered',
  data: { ...head, currency: 'USD' },
};
const ingested: ProviderInvoiceEvent = {
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
};
const matched: ProviderInvoiceEvent = {
  type: 'ProviderInvoiceMatched',
  data: { invoice_uuid, lines_hash: 'l1', matches_hash: 'm1', parts: 1, matched: 17, unmatched: 16 },
};
const pushed: ProviderInvoiceEvent = {
  type: 'ProviderInvoicePushed',
  data: {
    invoice_uuid,
    lines_hash: 'l1',
    finance_invoice_id: 'fin-1',
    action: 'created',
    pushed_at: '2026-05-01T00:00:00.000Z',
  },
};

describe('discovering a provider invoice', () => {
  it('takes note of it once', () => {
    given(discoverProviderInvoice).when(head, undefined).then([discovered]);
    given(discoverProviderInvoice, [discovered])
      .when({ ...head, amount_cents: 1 }, undefined)
      .then([]);
  });
});

describe('recording why an invoice could not be ingested', () => {
  const failed = (error: string): ProviderInvoiceEvent => ({
    type: 'ProviderInvoiceIngestionFailed',
    data: { invoice_uuid, error },
  });
  const when = (events: ProviderInvoiceEvent[], error: string) =>
    given(recordIngestionFailure, events).when({ invoice_uuid, error }, undefined);

  it('takes note of each other reason once: retries leave no trace', () => {
    when([discovered], 'row 2: USD').then([failed('row 2: USD')]);
    when([discovered, failed('row 2: USD')], 'row 2: USD').then([]);
    when([discovered, failed('row 2: USD')], 'row 3: USD').then([failed('row 3: USD')]);
    const told = (id: string, at: string): string => `answered 500 (request ${id} at ${at})`;
    when(
      [discovered, failed(told('66c69033-e9fe-51ae-af94-4fa3f5205f25', '2026-05-01T00:00:00Z'))],
      told('0c0ffee0-e9fe-51ae-af94-4fa3f5205f25', '2026-05-02T01:00:00.5Z'),
    ).then([]);
    when([discovered, failed('request deadbeefdeadbeefdeadbeef')], 'request 00000000000000000000beef').then(
      [],
    );
  });

  it('notes nothing of an invoice that is not known, and none that is ingested', () => {
    when([], 'row 2').then([]);
    when([discovered, ingested, matched], 'row 2').then([]);
  });

  it('is taken back by an ingestion', () => {
    expect(
      given(ingestProviderInvoice, [discovered, failed('row 2')])
        .when(input, undefined)
        .then([ingested, matched]).error,
    ).to.equal(null);
  });
});

describe('ingesting a provider invoice', () => {
  it('records lines and matches together, and what the amount differs by', () => {
    const state = given(ingestProviderInvoice, [discovered]).when(input, undefined).then([ingested, matched]);
    expect(state.ingested?.difference_cents).to.equal(2);
  });

  it('discovers an invoice that was not', () => {
    given(ingestProviderInvoice).when(input, undefined).then([discovered, ingested, matched]);
  });

  it('of the same lines only matches again, and equal matches are none', () => {
    given(ingestProviderInvoice, [discovered, ingested, matched]).when(input, undefined).then([]);
    const again = { ...input, matches: { hash: 'm2', parts: 1, matched: 18, unmatched: 15 } };
    given(ingestProviderInvoice, [discovered, ingested, matched, pushed])
      .when(again, undefined)
      .then([
        {
          type: 'ProviderInvoiceMatched',
          data: { ...matched.data, matches_hash: 'm2', matched: 18, unmatched: 15 },
        },
      ]);
  });

  it('of other lines replaces the whole set, its matches too', () => {
    const other = { ...input, lines: { ...input.lines, hash: 'l2' } };
    given(ingestProviderInvoice, [discovered, ingested, matched])
      .when(other, undefined)
      .then([
        { ...ingested, data: { ...ingested.data, lines_hash: 'l2' } },
        { ...matched, data: { ...matched.data, lines_hash: 'l2' } },
      ]);
  });

  it('records what could not be read, and of other such values that', () => {
    const warnings = [{ row: 3, column: 'hours', value: 'n/a' }];
    const read: ProviderInvoiceEvent = {
      type: 'ProviderInvoiceIngested',
      data: { ...ingested.data, warnings, warnings_count: 1 },
    };
    given(ingestProviderInvoice, [discovered])
      .when({ ...input, warnings, warnings_count: 1 }, undefined)
      .then([read, matched]);
    given(ingestProviderInvoice, [discovered, read, matched])
      .when({ ...input, warnings, warnings_count: 1 }, undefined)
      .then([]);
    given(ingestProviderInvoice, [discovered, read, matched])
      .when(input, undefined)
      .then([ingested, matched]);
  });

  it('of another amount or period records that', () => {
    for (const [change, difference] of [
      [{ amount_cents: 8690 }, 0],
      [{ period: '2026-03-01' }, 2],
    ] as const) {
      given(ingestProviderInvoice, [discovered, ingested, matched])
        .when({ ...input, ...change }, undefined)
        .then([
          { ...ingested, data: { ...ingested.data, ...change, difference_cents: difference } },
          matched,
        ]);
    }
  });
});

describe('recording a push to finance', () => {
  const push = { invoice_uuid, lines_hash: 'l1', finance_invoice_id: 'fin-1', action: 'created' as const };

  it('records what finance answered, once for these lines', () => {
    given(recordFinancePush, [discovered, ingested, matched])
      .when(push, undefined, execution())
      .then([pushed]);
    given(recordFinancePush, [discovered, ingested, matched, pushed])
      .when({ ...push, action: 'updated' }, undefined)
      .then([]);
    given(recordFinancePush, [discovered]).when(push, undefined).refused('not-found');
  });
});
