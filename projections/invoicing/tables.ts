import { defineTable } from '../../src/read-models/projection.ts';

export const invoicesModel = { name: 'invoices', version: 5 };

/**
 * Tenant invoices as they are now: the latest issue. Facts of the month up to `reviewed_position` are taken
 * in, by the issue, a correction or a review; what is not billed is as of that position.
 */
export const tenantInvoices = defineTable(invoicesModel, {
  name: 'tenant_invoices',
  columns: {
    id: 'text',
    tenant_id: 'text',
    period_start: 'date',
    period_end: 'date',
    currency: 'text',
    issue_no: 'bigint',
    subtotal_cents: 'bigint',
    tax_cents: 'bigint',
    total_cents: 'bigint',
    status: 'text',
    tax_name: 'text',
    tax_rate: 'numeric',
    inputs_position: 'bigint',
    lines_hash: 'text',
    unpriced: 'jsonb',
    unbilled: 'jsonb?',
    unmetered: 'jsonb?',
    issued_at: 'timestamptz?',
    due_on: 'date',
    reviewed_position: 'bigint',
    paid_at: 'timestamptz?',
    voided_at: 'timestamptz?',
    void_reason: 'text?',
    finance_invoice_id: 'text?',
    pushed_to_finance_at: 'timestamptz?',
  },
  key: ['id'],
  indexes: [
    ['tenant_id', 'period_start'],
    ['period_start', 'id'],
    // The other orders of the list.
    ['tenant_id', 'id'],
    ['issued_at', 'id'],
    ['due_on', 'id'],
    ['total_cents', 'id'],
  ],
});

/**
 * Every issue of an invoice, the present one included. An issue that was void when it was replaced says so.
 */
export const invoiceIssues = defineTable(invoicesModel, {
  name: 'invoice_issues',
  columns: {
    invoice_id: 'text',
    issue_no: 'bigint',
    position: 'bigint',
    subtotal_cents: 'bigint',
    tax_cents: 'bigint',
    total_cents: 'bigint',
    lines_hash: 'text',
    inputs_position: 'bigint',
    issued_at: 'timestamptz',
    due_on: 'date',
    voided_at: 'timestamptz?',
    void_reason: 'text?',
  },
  key: ['invoice_id', 'issue_no'],
});

/** Credit and debit notes. Their amounts are signed, and their lines lie with those of invoices. */
export const corrections = defineTable(invoicesModel, {
  name: 'corrections',
  columns: {
    id: 'text',
    invoice_id: 'text',
    tenant_id: 'text',
    correction_no: 'bigint',
    kind: 'text',
    purpose: 'text',
    issue_no: 'bigint',
    subtotal_cents: 'bigint',
    tax_cents: 'bigint',
    total_cents: 'bigint',
    tax_name: 'text',
    tax_rate: 'numeric',
    inputs_position: 'bigint?',
    lines_hash: 'text',
    reason: 'text',
    issued_at: 'timestamptz',
    due_on: 'date',
    position: 'bigint',
  },
  key: ['id'],
  indexes: [['invoice_id', 'correction_no'], ['tenant_id'], ['position']],
});

/**
 * Numbers of invoices and corrections: `no` is its place in the series of its year, which is named like the
 * series' stream.
 */
export const documentNumbers = defineTable(invoicesModel, {
  name: 'document_numbers',
  columns: {
    subject_id: 'text',
    series: 'text',
    no: 'bigint',
    number: 'text',
    position: 'bigint',
    recorded_at: 'timestamptz',
  },
  key: ['subject_id'],
  indexes: [['number']],
});

/** Line sets, by content hash. A row counts only where an issue or a correction names `lines_hash`. */
export const tenantInvoiceLines = defineTable(invoicesModel, {
  name: 'tenant_invoice_lines',
  columns: {
    invoice_id: 'text',
    lines_hash: 'text',
    line_no: 'bigint',
    tenant_id: 'text',
    deployment_id: 'text?',
    kind: 'text',
    resource_kind: 'text?',
    description: 'text',
    qty: 'numeric',
    unit: 'text',
    unit_price_cents: 'numeric',
    amount_cents: 'bigint',
    meta: 'jsonb',
  },
  key: ['invoice_id', 'lines_hash', 'line_no'],
});

/**
 * Months that a rollup has completed over all tenants. By `inputs_position` the tenants without an invoice
 * had nothing to bill, except those in `not_billable`.
 */
export const rolledUpMonths = defineTable(invoicesModel, {
  name: 'rolled_up_months',
  columns: {
    period: 'date',
    invoices: 'bigint',
    inputs_position: 'bigint',
    not_billable: 'jsonb',
    recorded_at: 'timestamptz',
  },
  key: ['period'],
});
