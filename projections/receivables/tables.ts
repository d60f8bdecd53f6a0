import { defineTable } from '../../src/read-models/projection.ts';

export const receivablesModel = { name: 'receivables', version: 2 };

/** Tenants with an account, and what they have over. */
export const accounts = defineTable(receivablesModel, {
  name: 'accounts',
  columns: { tenant_id: 'text', balance_cents: 'bigint' },
  key: ['tenant_id'],
  indexes: [['balance_cents']],
});

/** Payments as they were received. The reference is sealed. */
export const payments = defineTable(receivablesModel, {
  name: 'payments',
  columns: {
    id: 'text',
    tenant_id: 'text',
    amount_cents: 'bigint',
    currency: 'text',
    received_on: 'date',
    method: 'text',
    reference: 'text',
    invoice_id: 'text?',
    recorded_at: 'timestamptz',
    position: 'bigint',
    reversed_on: 'date?',
    reversed_at: 'timestamptz?',
    reverse_reason: 'text?',
  },
  key: ['id'],
  indexes: [['position'], ['tenant_id', 'position'], ['invoice_id'], ['received_on'], ['method', 'position']],
});

/**
 * Money that came into accounts and went out again: `payment`, `credit_note` and `opening_credit` are
 * positive; `refund` and `reversal` negative. `opening_balance` is what a tenant owed, and no money: it is
 * positive.
 */
export const accountEntries = defineTable(receivablesModel, {
  name: 'account_entries',
  columns: {
    position: 'bigint',
    entry_no: 'bigint',
    tenant_id: 'text',
    kind: 'text',
    /** The payment, credit note or opening balance that it changes. */
    source_id: 'text',
    amount_cents: 'bigint',
    counts_on: 'date',
    recorded_at: 'timestamptz',
    /** Of a refund and a reversal. */
    refund_id: 'text?',
    reason: 'text?',
  },
  key: ['position', 'entry_no'],
  indexes: [['tenant_id', 'counts_on'], ['source_id'], ['kind', 'tenant_id']],
});

/** Every change of what a source pays of a target. */
export const allocations = defineTable(receivablesModel, {
  name: 'allocations',
  columns: {
    position: 'bigint',
    allocation_no: 'bigint',
    tenant_id: 'text',
    source_id: 'text',
    target_id: 'text',
    amount_cents: 'bigint',
    counts_on: 'date',
    recorded_at: 'timestamptz',
  },
  key: ['position', 'allocation_no'],
  indexes: [['target_id'], ['source_id'], ['tenant_id', 'counts_on']],
});

/** What is paid of a target now. */
export const accountTargets = defineTable(receivablesModel, {
  name: 'account_targets',
  columns: {
    target_id: 'text',
    tenant_id: 'text',
    paid_cents: 'bigint',
    credited_cents: 'bigint',
    changed_at: 'timestamptz',
  },
  key: ['target_id'],
  indexes: [['tenant_id']],
});
