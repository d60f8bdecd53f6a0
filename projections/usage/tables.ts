import { defineTable } from '../../src/engine/projection.ts';

/** Identity of the usage read model. */
export const usageModel = { name: 'usage', version: 1 };

/**
 * Usage records of every set ever. `hour` is −1 at day granularity. A row counts only while (deployment, day) stands at
 * `set_no` in {@link usageDays}; older sets stay for reads as of an earlier position.
 */
export const usageRecords = defineTable(usageModel, {
  name: 'usage_records',
  columns: { deployment_id: 'text', day: 'date', set_no: 'bigint', resource_id: 'text', resource_kind: 'text', granularity: 'text', hour: 'bigint', qty: 'numeric' },
  key: ['deployment_id', 'day', 'set_no', 'resource_id', 'resource_kind', 'hour'],
});

/** The complete set of a (deployment, day) that holds now. */
export const usageDays = defineTable(usageModel, {
  name: 'usage_days',
  columns: { deployment_id: 'text', day: 'date', tenant_id: 'text', set_no: 'bigint', position: 'bigint', recorded_at: 'timestamptz' },
  key: ['deployment_id', 'day'],
  indexes: [['day', 'deployment_id'], ['tenant_id', 'deployment_id', 'day']],
});

/** When each set of a (deployment, day) was completed: `position` is the event of its last part. */
export const usageSets = defineTable(usageModel, {
  name: 'usage_sets',
  columns: { deployment_id: 'text', day: 'date', set_no: 'bigint', tenant_id: 'text', position: 'bigint', recorded_at: 'timestamptz' },
  key: ['deployment_id', 'day', 'set_no'],
  indexes: [['day', 'deployment_id'], ['tenant_id', 'day']],
});

/** Days that a metering run has completed over all deployments. */
export const meteredDays = defineTable(usageModel, {
  name: 'metered_days',
  columns: { day: 'date', deployments: 'bigint', records: 'bigint', recorded_at: 'timestamptz' },
  key: ['day'],
});

export const meteringConfig = defineTable(usageModel, {
  name: 'metering_config',
  columns: { resource_kind: 'text', granularity: 'text', retention_days: 'bigint?' },
  key: ['resource_kind'],
});

/** LLM charges, one row a gateway request. `day` is the UTC day of `occurred_at`. */
export const llmUsage = defineTable(usageModel, {
  name: 'llm_usage',
  columns: {
    gateway_request_id: 'text', deployment_id: 'text', tenant_id: 'text', day: 'date', model: 'text', input_tokens: 'bigint', output_tokens: 'bigint', charge_cents: 'numeric',
    occurred_at: 'timestamptz', position: 'bigint', recorded_at: 'timestamptz',
  },
  key: ['gateway_request_id'],
  indexes: [['day', 'deployment_id'], ['deployment_id', 'day'], ['tenant_id', 'day']],
});
