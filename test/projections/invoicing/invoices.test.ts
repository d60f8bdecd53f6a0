import { expect } from 'chai';
import { invoices } from '../../../projections/invoicing/invoices.ts';
import {
  invoiceIssues,
  rolledUpMonths,
  tenantInvoiceLines,
  tenantInvoices,
} from '../../../projections/invoicing/tables.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import type { InvoiceLine } from '../../../src/events/invoicing.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

const line: InvoiceLine = {
  line_no: 1,
  deployment_id: 'd-1',
  kind: 'plan_base',
  resource_kind: null,
  description: 'Plan: Studio (version 1)',
  qty: '1',
  unit: 'month',
  unit_price_cents: '5000',
  amount_cents: 5000,
  meta: { plan_code: 'studio' },
};
const stored = (lines_hash: string, part: number, lines: InvoiceLine[]): LedgerEvent => ({
  type: 'InvoiceLinesStored',
  data: { invoice_id: 'i-1', tenant_id: 'acme', lines_hash, part, parts: 2, lines },
});

const issued = (issue_no: number, lines_hash: string): LedgerEvent => ({
  type: 'InvoiceIssued',
  data: {
    invoice_id: 'i-1',
    tenant_id: 'acme',
    period_start: '2026-04-01',
    period_end: '2026-04-30',
    currency: 'AUD',
    issue_no,
    subtotal_cents: 5000 * issue_no,
    tax_cents: 500 * issue_no,
    total_cents: 5500 * issue_no,
    tax_name: 'GST',
    tax_rate: '0.10',
    inputs_position: 10 * issue_no,
    lines_hash,
    parts: 2,
    lines: 2,
    unpriced: [],
    issued_at: `2026-05-0${issue_no}T03:00:00.000Z`,
  },
});

describe('projection invoices', () => {
  it('holds an invoice with its lines', () => {
    const table = projectTwice(invoices, [
      stored('h-1', 1, [line]),
      stored('h-1', 2, [{ ...line, line_no: 2 }]),
      issued(1, 'h-1'),
    ]);
    expect(table(tenantInvoices)).to.deep.equal([
      {
        id: 'i-1',
        tenant_id: 'acme',
        period_start: '2026-04-01',
        period_end: '2026-04-30',
        currency: 'AUD',
        issue_no: 1,
        subtotal_cents: 5000,
        tax_cents: 500,
        total_cents: 5500,
        status: 'issued',
        tax_name: 'GST',
        tax_rate: '0.10',
        inputs_position: 10,
        lines_hash: 'h-1',
        unpriced: [],
        unbilled: [],
        unmetered: [],
        due_on: '2026-05-15',
        reviewed_position: 10,
        issued_at: '2026-05-01T03:00:00.000Z',
        paid_at: null,
        voided_at: null,
        void_reason: null,
        finance_invoice_id: null,
        pushed_to_finance_at: null,
      },
    ]);
    expect(table(tenantInvoiceLines)).to.deep.equal(
      [1, 2].map((line_no) => ({
        ...line,
        line_no,
        invoice_id: 'i-1',
        tenant_id: 'acme',
        lines_hash: 'h-1',
      })),
    );
  });

  it('keeps every issue; the latest one is the invoice', () => {
    const table = projectTwice(invoices, [issued(1, 'h-1'), stored('h-2', 1, [line]), issued(2, 'h-2')]);
    expect(table(tenantInvoices)).to.have.length(1);
    expect(table(tenantInvoices)[0]).to.include({
      issue_no: 2,
      total_cents: 11000,
      lines_hash: 'h-2',
      inputs_position: 20,
      status: 'issued',
    });
    const stands = { voided_at: null, void_reason: null };
    expect(table(invoiceIssues)).to.deep.equal([
      {
        ...stands,
        invoice_id: 'i-1',
        issue_no: 1,
        due_on: '2026-05-15',
        position: 1,
        subtotal_cents: 5000,
        tax_cents: 500,
        total_cents: 5500,
        lines_hash: 'h-1',
        inputs_position: 10,
        issued_at: '2026-05-01T03:00:00.000Z',
      },
      {
        ...stands,
        invoice_id: 'i-1',
        issue_no: 2,
        due_on: '2026-05-16',
        position: 3,
        subtotal_cents: 10000,
        tax_cents: 1000,
        total_cents: 11000,
        lines_hash: 'h-2',
        inputs_position: 20,
        issued_at: '2026-05-02T03:00:00.000Z',
      },
    ]);
  });

  it('is paid or void as its events say', () => {
    const [paid] = projectTwice(invoices, [
      issued(1, 'h-1'),
      {
        type: 'InvoicePaid',
        data: { invoice_id: 'i-1', tenant_id: 'acme', paid_at: '2026-05-03T00:00:00.000Z' },
      },
    ])(tenantInvoices);
    expect(paid).to.include({ status: 'paid', paid_at: '2026-05-03T00:00:00.000Z', voided_at: null });
    const [voided] = projectTwice(invoices, [
      issued(1, 'h-1'),
      {
        type: 'InvoiceVoided',
        data: { invoice_id: 'i-1', tenant_id: 'acme', reason: 'typo', voided_at: '2026-05-03T00:00:00.000Z' },
      },
    ])(tenantInvoices);
    expect(voided).to.include({
      status: 'void',
      voided_at: '2026-05-03T00:00:00.000Z',
      void_reason: 'typo',
      paid_at: null,
    });
  });

  it('keeps time and reason of a void issue that a later one replaced', () => {
    const replaces_void = { voided_at: '2026-05-03T00:00:00.000Z', reason: 'typo' };
    const second = issued(2, 'h-1') as Extract<LedgerEvent, { type: 'InvoiceIssued' }>;
    const table = projectTwice(invoices, [
      issued(1, 'h-1'),
      { type: 'InvoiceVoided', data: { invoice_id: 'i-1', tenant_id: 'acme', ...replaces_void } },
      { ...second, data: { ...second.data, replaces_void } },
    ]);
    expect(table(tenantInvoices)[0]).to.include({ status: 'issued', voided_at: null, void_reason: null });
    expect(
      table(invoiceIssues).map(({ issue_no, voided_at, void_reason }) => [issue_no, voided_at, void_reason]),
    ).to.deep.equal([
      [1, '2026-05-03T00:00:00.000Z', 'typo'],
      [2, null, null],
    ]);
  });

  it('lists the rolled-up months, each with its last rollup', () => {
    const rolledUp = (period: string, invoices: number): LedgerEvent => ({
      type: 'MonthRolledUp',
      data: { period, invoices },
    });
    const table = projectTwice(invoices, [
      rolledUp('2026-04-01', 2),
      rolledUp('2026-05-01', 0),
      rolledUp('2026-04-01', 3),
    ]);
    expect(table(rolledUpMonths)).to.deep.equal([
      {
        period: '2026-04-01',
        invoices: 3,
        inputs_position: 0,
        not_billable: [],
        recorded_at: '2026-05-01T00:00:00.000Z',
      },
      {
        period: '2026-05-01',
        invoices: 0,
        inputs_position: 0,
        not_billable: [],
        recorded_at: '2026-05-01T00:00:00.000Z',
      },
    ]);
  });
});
