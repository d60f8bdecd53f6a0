/** Inputs and events of reported usage and of metered days. */
import type {
  ChargeEvent,
  MeteringDayEvent,
  MeteringConfigEvent,
  LlmEvent,
  ReportedUsageEvent,
} from '../../../src/events/usage.ts';

export const dayCounts = { day: '2026-04-30', deployments: 2, records: 9 };

export const dayMetered = (data = dayCounts): MeteringDayEvent => ({ type: 'DayMetered', data });

export const configured = (
  granularity: 'day' | 'hour',
  retention_days: number | null,
): MeteringConfigEvent => ({
  type: 'MeteringConfigured',
  data: { resource_kind: 'dns_zones', granularity, retention_days },
});

export const llmReport = {
  gateway_request_id: 'g',
  deployment_id: 'd',
  tenant_id: 't',
  model: 'm',
  input_tokens: 5,
  output_tokens: 7,
  charge_cents: '0.125',
  occurred_at: '2026-04-01T00:00:00.000Z',
};

export const llmUsageRecorded = { type: 'LlmUsageRecorded', data: llmReport } satisfies LlmEvent;

export const llmUsageVoided = {
  type: 'LlmUsageVoided',
  data: {
    gateway_request_id: 'g',
    deployment_id: 'd',
    tenant_id: 't',
    day: '2026-04-01',
    reason: 'wrong unit',
  },
} satisfies LlmEvent;

export const usageReport = {
  source: 'cdn',
  external_id: 'e',
  deployment_id: 'd',
  tenant_id: 't',
  resource_kind: 'bandwidth_gb',
  qty: '1.5',
  day: '2026-04-01',
};

export const usageReported = { type: 'UsageReported', data: usageReport } satisfies ReportedUsageEvent;

export const reportedUsageVoided = {
  type: 'ReportedUsageVoided',
  data: {
    source: 'cdn',
    external_id: 'e',
    deployment_id: 'd',
    tenant_id: 't',
    day: '2026-04-01',
    reason: 'twice',
  },
} satisfies ReportedUsageEvent;

export const chargeOf = {
  charge_id: 'c',
  deployment_id: 'd',
  tenant_id: 't',
  description: 'Set-up',
  amount_cents: 12_500,
  day: '2026-04-01',
};

export const chargeAdded = { type: 'ChargeAdded', data: chargeOf } satisfies ChargeEvent;

export const chargeVoided = {
  type: 'ChargeVoided',
  data: { charge_id: 'c', deployment_id: 'd', tenant_id: 't', day: '2026-04-01', reason: 'twice' },
} satisfies ChargeEvent;
