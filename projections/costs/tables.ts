import { defineTable } from '../../src/read-models/projection.ts';

/** The read model of costs; its stored name is `billing`. */
export const costsModel = { name: 'billing', version: 5 };

/**
 * The provider's invoices. Counts and hashes are null until the invoice is ingested. `error`: why it could
 * not be ingested, null once it is. `warnings`: the first values of its CSV that could not be read.
 * `reissue`: one that needs attention, else null.
 */
export const providerInvoices = defineTable(costsModel, {
  name: 'provider_invoices',
  columns: {
    uuid: 'text',
    invoice_id: 'text?',
    period: 'date',
    amount_cents: 'bigint',
    currency: 'text',
    status: 'text',
    lines_hash: 'text?',
    matches_hash: 'text?',
    lines: 'bigint',
    matched: 'bigint',
    lines_total_cents: 'bigint',
    tax_cents: 'bigint',
    difference_cents: 'bigint?',
    pushed_lines_hash: 'text?',
    pushed_to_finance_at: 'timestamptz?',
    finance_invoice_id: 'text?',
    discovered_at: 'timestamptz',
    ingested_at: 'timestamptz?',
    error: 'text?',
    warnings: 'jsonb',
    warnings_count: 'bigint',
    reissue: 'jsonb?',
  },
  key: ['uuid'],
  indexes: [['period', 'uuid']],
});

/**
 * Line sets, by the hash of their content. A row counts only while its invoice has its hash as `lines_hash`.
 */
export const costLines = defineTable(costsModel, {
  name: 'cost_lines',
  columns: {
    invoice_uuid: 'text',
    lines_hash: 'text',
    line_no: 'bigint',
    product: 'text',
    group_description: 'text?',
    description: 'text',
    hours: 'numeric?',
    started_at: 'timestamptz?',
    ended_at: 'timestamptz?',
    amount_cents: 'bigint',
    project_name: 'text?',
    category: 'text?',
    kind: 'text?',
    name: 'text?',
    is_tax: 'boolean',
    provider_resource_id: 'text?',
  },
  key: ['invoice_uuid', 'lines_hash', 'line_no'],
});

/**
 * Match sets, by the hash of their content. A row counts only while its invoice has its hash as
 * `matches_hash`. `nearest_…`: the resource with the nearest name.
 */
export const costMatches = defineTable(costsModel, {
  name: 'cost_matches',
  columns: {
    invoice_uuid: 'text',
    matches_hash: 'text',
    line_no: 'bigint',
    resource_id: 'text?',
    unmatched_reason: 'text?',
    nearest_id: 'text?',
    nearest_name: 'text?',
    link_key: 'text?',
  },
  key: ['invoice_uuid', 'matches_hash', 'line_no'],
  indexes: [['resource_id']],
});

/** The links by hand of the lines of an invoice, by the key of the line. */
export const costLineLinks = defineTable(costsModel, {
  name: 'cost_line_links',
  columns: {
    invoice_uuid: 'text',
    line_key: 'text',
    resource_id: 'text?',
    reason: 'text',
    linked_at: 'timestamptz',
    linked_by: 'text',
  },
  key: ['invoice_uuid', 'line_key'],
});

/** Alerts of the provider's bill: `cleared_at` is null while one is open. */
export const costAlerts = defineTable(costsModel, {
  name: 'cost_alerts',
  columns: {
    alert_id: 'text',
    kind: 'text',
    direction: 'text',
    day: 'date',
    actual_cents: 'bigint',
    expected_cents: 'bigint',
    raised_at: 'timestamptz',
    cleared_at: 'timestamptz?',
  },
  key: ['alert_id'],
});

export const balances = defineTable(costsModel, {
  name: 'balances',
  columns: {
    position: 'bigint',
    month_to_date_balance_cents: 'bigint',
    account_balance_cents: 'bigint',
    month_to_date_usage_cents: 'bigint',
    generated_at: 'timestamptz',
    recorded_at: 'timestamptz',
  },
  key: ['position'],
});

/**
 * List prices of droplet sizes, each from a UTC day on. A withdrawn size keeps its last price, at which older
 * droplets go on.
 */
export const sizes = defineTable(costsModel, {
  name: 'sizes',
  columns: {
    slug: 'text',
    effective_from: 'date',
    monthly_cents: 'bigint',
    hourly: 'numeric',
    currency: 'text',
    memory_mb: 'bigint',
    vcpus: 'bigint',
    disk_gb: 'bigint',
    available: 'boolean',
    withdrawn_on: 'date?',
  },
  key: ['slug', 'effective_from'],
});

/** How costs of no tenant are spread, from a day on: every rule ever set. `kinds` null: all. */
export const costSharing = defineTable(costsModel, {
  name: 'cost_sharing',
  columns: {
    effective_from: 'date',
    position: 'bigint',
    rule: 'text',
    kinds: 'jsonb',
    tax_is_cost: 'boolean',
    recorded_at: 'timestamptz',
  },
  key: ['effective_from', 'position'],
});
