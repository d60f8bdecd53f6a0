import { defineTable } from '../../src/read-models/projection.ts';

export const usageModel = { name: 'usage', version: 4 };

/**
 * Usage records of every set ever. `hour` is −1 at day granularity. A row counts only while (deployment, day)
 * stands at `set_no` in {@link usageDays}; older sets stay for reads as of an earlier position.
 */
export const usageRecords = defineTable(usageModel, {
  name: 'usage_records',
  columns: {
    deployment_id: 'text',
    day: 'date',
    set_no: 'bigint',
    resource_id: 'text',
    resource_kind: 'text',
    granularity: 'text',
    hour: 'bigint',
    qty: 'numeric',
  },
  key: ['deployment_id', 'day', 'set_no', 'resource_id', 'resource_kind', 'hour'],
});

/** The complete set of a (deployment, day) that holds now. */
export const usageDays = defineTable(usageModel, {
  name: 'usage_days',
  columns: {
    deployment_id: 'text',
    day: 'date',
    tenant_id: 'text',
    set_no: 'bigint',
    position: 'bigint',
    recorded_at: 'timestamptz',
  },
  key: ['deployment_id', 'day'],
  indexes: [
    ['day', 'deployment_id'],
    ['tenant_id', 'deployment_id', 'day'],
  ],
});

/**
 * Resources that a set has no record of, with the reason. They belong to the set like its {@link
 * usageRecords}.
 */
export const unmeteredResources = defineTable(usageModel, {
  name: 'unmetered',
  columns: {
    deployment_id: 'text',
    day: 'date',
    set_no: 'bigint',
    resource_id: 'text',
    resource_kind: 'text',
    reason: 'text',
  },
  key: ['deployment_id', 'day', 'set_no', 'resource_id', 'resource_kind'],
  indexes: [['day']],
});

/** When each set of a (deployment, day) was completed: `position` is the event of its last part. */
export const usageSets = defineTable(usageModel, {
  name: 'usage_sets',
  columns: {
    deployment_id: 'text',
    day: 'date',
    set_no: 'bigint',
    tenant_id: 'text',
    position: 'bigint',
    recorded_at: 'timestamptz',
  },
  key: ['deployment_id', 'day', 'set_no'],
  indexes: [
    ['day', 'deployment_id'],
    ['tenant_id', 'day'],
  ],
});

/** Days that a metering run has completed over all deployments. */
export const meteredDays = defineTable(usageModel, {
  name: 'metered_days',
  columns: { day: 'date', deployments: 'bigint', records: 'bigint', recorded_at: 'timestamptz' },
  key: ['day'],
});

/** How billing kinds are metered, where it was set. */
export const configuredMetering = defineTable(usageModel, {
  name: 'metering_config',
  columns: { resource_kind: 'text', granularity: 'text', retention_days: 'bigint?' },
  key: ['resource_kind'],
});

/**
 * Set when a report is taken back, null while it counts. `voided_position` is that of the event of voiding.
 */
const voiding = { voided_position: 'bigint?', voided_at: 'timestamptz?', void_reason: 'text?' } as const;

/** LLM charges, one row a gateway request. `day` is the UTC day of `occurred_at`. */
export const llmUsage = defineTable(usageModel, {
  name: 'llm_usage',
  columns: {
    gateway_request_id: 'text',
    deployment_id: 'text',
    tenant_id: 'text',
    day: 'date',
    model: 'text',
    input_tokens: 'bigint',
    output_tokens: 'bigint',
    charge_cents: 'numeric',
    occurred_at: 'timestamptz',
    position: 'bigint',
    recorded_at: 'timestamptz',
    ...voiding,
  },
  key: ['gateway_request_id'],
  indexes: [
    ['day', 'deployment_id'],
    ['deployment_id', 'day'],
    ['tenant_id', 'day'],
  ],
});

/**
 * Usage that no sweep meters, as it was reported: one row a report. `id` is derived from `source` and
 * `external_id`.
 */
export const usageReports = defineTable(usageModel, {
  name: 'reported_usage',
  columns: {
    source: 'text',
    external_id: 'text',
    id: 'text',
    deployment_id: 'text',
    tenant_id: 'text',
    resource_kind: 'text',
    qty: 'numeric',
    day: 'date',
    position: 'bigint',
    recorded_at: 'timestamptz',
    ...voiding,
  },
  key: ['source', 'external_id'],
  indexes: [
    ['day', 'deployment_id'],
    ['deployment_id', 'day'],
    ['tenant_id', 'day'],
  ],
});

/** One-off charges, before tax; negative: a discount. One row a charge, `event_id` is that of adding it. */
export const charges = defineTable(usageModel, {
  name: 'charges',
  columns: {
    id: 'text',
    deployment_id: 'text',
    tenant_id: 'text',
    description: 'text',
    amount_cents: 'bigint',
    day: 'date',
    event_id: 'text',
    position: 'bigint',
    recorded_at: 'timestamptz',
    ...voiding,
  },
  key: ['id'],
  indexes: [
    ['day', 'deployment_id'],
    ['deployment_id', 'day'],
    ['tenant_id', 'day'],
  ],
});

/**
 * The months that a tenant has facts of. `last_position` is the journal position of the last fact of any kind
 * that dates into the month, so that late facts are found without reading the facts.
 */
export const usageMonths = defineTable(usageModel, {
  name: 'usage_months',
  columns: { tenant_id: 'text', period: 'date', last_position: 'bigint' },
  key: ['tenant_id', 'period'],
  indexes: [['period']],
});
