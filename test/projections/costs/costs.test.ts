import { expect } from 'chai';
import {
  balances,
  costAlerts,
  costLines,
  costMatches,
  providerInvoices,
} from '../../../projections/costs/tables.ts';
import { costs } from '../../../projections/costs/costs.ts';
import type { CostLine } from '../../../src/events/costs.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

const invoice_uuid = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const line: CostLine = {
  line_no: 1,
  product: 'Droplets',
  group_description: null,
  description: 'git (s)',
  hours: '672',
  started_at: '2026-04-01T00:00:00Z',
  ended_at: '2026-05-01T00:00:00Z',
  amount_cents: 600,
  project_name: null,
  category: 'iaas',
  kind: 'droplet',
  name: 'git',
  is_tax: false,
  provider_resource_id: null,
};
const discovered: LedgerEvent = {
  type: 'ProviderInvoiceDiscovered',
  data: { invoice_uuid, invoice_id: '1', period: '2026-04-01', amount_cents: 600, currency: 'USD' },
};
const stored: LedgerEvent = {
  type: 'CostLinesStored',
  data: { invoice_uuid, lines_hash: 'l1', part: 1, parts: 1, lines: [line, { ...line, line_no: 2 }] },
};
const matches: LedgerEvent = {
  type: 'CostMatchesStored',
  data: {
    invoice_uuid,
    matches_hash: 'm1',
    part: 1,
    parts: 1,
    matches: [{ line_no: 1, resource_id: 'r1', unmatched_reason: null }],
  },
};
const ingested = (lines_hash: string): LedgerEvent => ({
  type: 'ProviderInvoiceIngested',
  data: {
    invoice_uuid,
    period: '2026-03-01',
    amount_cents: 1300,
    currency: 'USD',
    lines_hash,
    parts: 1,
    lines: 2,
    lines_total_cents: 1200,
    tax_cents: 0,
    difference_cents: 100,
  },
});
const matched: LedgerEvent = {
  type: 'ProviderInvoiceMatched',
  data: { invoice_uuid, lines_hash: 'l1', matches_hash: 'm1', parts: 1, matched: 1, unmatched: 1 },
};
const pushed: LedgerEvent = {
  type: 'ProviderInvoicePushed',
  data: {
    invoice_uuid,
    lines_hash: 'l1',
    finance_invoice_id: 'fin-1',
    action: 'created',
    pushed_at: '2026-05-01T00:00:00.000Z',
  },
};

describe('the costs read model', () => {
  it('keeps parts by their hash before any invoice names them', () => {
    const rows = projectTwice(costs, [stored, matches]);
    expect(rows(costLines)).to.have.length(2);
    expect(rows(costMatches)).to.deep.equal([
      {
        invoice_uuid,
        matches_hash: 'm1',
        line_no: 1,
        resource_id: 'r1',
        unmatched_reason: null,
        nearest_id: null,
        nearest_name: null,
        link_key: null,
      },
    ]);
    expect(rows(providerInvoices)).to.deep.equal([]);
  });

  it('shows an invoice from its discovery on, with nothing ingested', () => {
    expect(projectTwice(costs, [discovered])(providerInvoices)[0]).to.include({
      status: 'discovered',
      lines_hash: null,
      lines: 0,
      matched: 0,
      difference_cents: null,
      pushed_to_finance_at: null,
    });
  });

  it('follows ingestion, match and push', () => {
    const [row] = projectTwice(costs, [discovered, stored, matches, ingested('l1'), matched, pushed])(
      providerInvoices,
    );
    expect(row).to.include({
      status: 'ingested',
      period: '2026-03-01',
      amount_cents: 1300,
      lines_hash: 'l1',
      matches_hash: 'm1',
      lines: 2,
      matched: 1,
      difference_cents: 100,
      pushed_lines_hash: 'l1',
      pushed_to_finance_at: '2026-05-01T00:00:00.000Z',
      finance_invoice_id: 'fin-1',
    });
  });

  it('shows an alert of the costs until it is cleared, and each as a row of its own', () => {
    const raise = (alert_id: string, generated_at: string): LedgerEvent => ({
      type: 'CostAlertRaised',
      data: {
        alert_id,
        kind: 'accrual',
        direction: 'above',
        day: generated_at.slice(0, 10),
        generated_at,
        actual_cents: 3000,
        expected_cents: 2000,
      },
    });
    const clear: LedgerEvent = {
      type: 'CostAlertCleared',
      data: {
        alert_id: 'a1',
        kind: 'accrual',
        generated_at: '2026-05-02T11:00:00.000Z',
        actual_cents: 2000,
        expected_cents: 2000,
      },
    };
    const rows = projectTwice(costs, [
      raise('a1', '2026-05-02T10:00:00.000Z'),
      clear,
      raise('a2', '2026-05-03T10:00:00.000Z'),
    ]);
    const times = rows(costAlerts).map((row) => [row['alert_id'], row['raised_at'], row['cleared_at']]);
    expect(times).to.deep.equal([
      ['a1', '2026-05-02T10:00:00.000Z', '2026-05-02T11:00:00.000Z'],
      ['a2', '2026-05-03T10:00:00.000Z', null],
    ]);
    expect(rows(costAlerts)[0]).to.include({ actual_cents: 3000, expected_cents: 2000 });
  });

  it('shows why an invoice could not be ingested until it is, and what could not be read of it', () => {
    const failed = (error: string): LedgerEvent => ({
      type: 'ProviderInvoiceIngestionFailed',
      data: { invoice_uuid, error },
    });
    const after = (...events: LedgerEvent[]) =>
      projectTwice(costs, [discovered, ...events])(providerInvoices)[0];
    expect(after()).to.deep.include({ error: null, warnings: [], warnings_count: 0 });
    expect(after(failed('one'), failed('two'))).to.deep.include({ status: 'discovered', error: 'two' });
    const warnings = [{ row: 1, column: 'hours', value: 'n/a' }];
    const { data } = ingested('l1') as Extract<LedgerEvent, { type: 'ProviderInvoiceIngested' }>;
    const read: LedgerEvent = {
      type: 'ProviderInvoiceIngested',
      data: { ...data, warnings, warnings_count: 21 },
    };
    expect(after(failed('one'), read)).to.deep.include({
      status: 'ingested',
      error: null,
      warnings,
      warnings_count: 21,
    });
    expect(after(failed('one'), read, ingested('l2'))).to.deep.include({ warnings: [], warnings_count: 0 });
  });

  it('drops the matches of lines that were replaced, and keeps the push', () => {
    const [row] = projectTwice(costs, [discovered, ingested('l1'), matched, pushed, ingested('l2')])(
      providerInvoices,
    );
    expect(row).to.include({ lines_hash: 'l2', matches_hash: null, matched: 0, pushed_lines_hash: 'l1' });
  });

  it('keeps every balance', () => {
    const snapshot = {
      month_to_date_balance_cents: 1,
      account_balance_cents: 0,
      month_to_date_usage_cents: 1,
      generated_at: '2026-05-09T15:01:12Z',
      recorded_at: '2026-05-09T15:07:00.000Z',
    };
    const recorded: LedgerEvent = { type: 'BalanceRecorded', data: snapshot };
    expect(projectTwice(costs, [recorded, recorded])(balances)).to.deep.equal([
      { position: 1, ...snapshot },
      { position: 2, ...snapshot },
    ]);
  });
});
