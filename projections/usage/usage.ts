import { idFrom } from '../../src/ledger/ids.ts';
import { defineProjection, patch, upsert, type RowOp } from '../../src/read-models/projection.ts';
import { monthOf } from '../../src/pricing/calendar.ts';
import {
  charges,
  llmUsage,
  meteredDays,
  configuredMetering,
  usageReports,
  unmeteredResources,
  usageDays,
  usageModel,
  usageMonths,
  usageRecords,
  usageSets,
} from './tables.ts';

/** The hour of a record that stands for a whole day: part of the key, where null can't be. */
const WHOLE_DAY = -1;

/** The columns of voiding for a report that counts. */
const counts = { voided_position: null, voided_at: null, void_reason: null };

const tables = [
  usageRecords,
  usageDays,
  unmeteredResources,
  usageSets,
  usageMonths,
  meteredDays,
  configuredMetering,
  llmUsage,
  usageReports,
  charges,
];

/** Every fact that dates into a tenant's month has this row beside its own. Positions only go up. */
function monthTouched(tenantId: string, day: string, position: number): RowOp {
  return upsert(usageMonths, { tenant_id: tenantId, period: monthOf(day), last_position: position });
}

/**
 * What was used: metered days by sets, the metering configuration, the LLM gateway's charges, reported usage,
 * and one-off charges.
 */
export const usage = defineProjection(usageModel, tables, {
  UsageMetered({ data, position, metadata }) {
    const { deployment_id, tenant_id, day, set_no } = data;
    const rows: RowOp[] = data.observations.map(({ resource_id, resource_kind, granularity, hour, qty }) =>
      upsert(usageRecords, {
        deployment_id,
        day,
        set_no,
        resource_id,
        resource_kind,
        granularity,
        hour: hour ?? WHOLE_DAY,
        qty,
      }),
    );
    for (const left of data.unmetered ?? [])
      rows.push(upsert(unmeteredResources, { deployment_id, day, set_no, ...left }));
    // Parts follow each other on the stream, so the last one completes the set. Set numbers only go up, so
    // this set holds now.
    if (data.part < data.parts) return rows;
    const completed = { deployment_id, day, tenant_id, set_no, position, recorded_at: metadata.recorded_at };
    return [
      ...rows,
      upsert(usageSets, completed),
      upsert(usageDays, completed),
      monthTouched(tenant_id, day, position),
    ];
  },
  DayMetered: ({ data, metadata }) => upsert(meteredDays, { ...data, recorded_at: metadata.recorded_at }),
  MeteringConfigured: ({ data }) => upsert(configuredMetering, data),
  LlmUsageRecorded: ({ data, position, metadata }) => {
    const day = data.occurred_at.slice(0, 10);
    return [
      upsert(llmUsage, { ...data, day, position, recorded_at: metadata.recorded_at, ...counts }),
      monthTouched(data.tenant_id, day, position),
    ];
  },
  LlmUsageVoided: ({ data: { gateway_request_id, tenant_id, day, reason }, position, metadata }) => [
    patch(
      llmUsage,
      { gateway_request_id },
      { voided_position: position, voided_at: metadata.recorded_at, void_reason: reason },
    ),
    monthTouched(tenant_id, day, position),
  ],
  UsageReported: ({ data, position, metadata }) => [
    upsert(usageReports, {
      ...data,
      id: idFrom('reported-usage', data.source, data.external_id),
      position,
      recorded_at: metadata.recorded_at,
      ...counts,
    }),
    monthTouched(data.tenant_id, data.day, position),
  ],
  ReportedUsageVoided: ({ data: { source, external_id, tenant_id, day, reason }, position, metadata }) => [
    patch(
      usageReports,
      { source, external_id },
      { voided_position: position, voided_at: metadata.recorded_at, void_reason: reason },
    ),
    monthTouched(tenant_id, day, position),
  ],
  ChargeAdded: ({ id, data: { charge_id, ...data }, position, metadata: { recorded_at } }) => [
    upsert(charges, { id: charge_id, ...data, event_id: id, position, recorded_at, ...counts }),
    monthTouched(data.tenant_id, data.day, position),
  ],
  ChargeVoided: ({ data: { charge_id, tenant_id, day, reason }, position, metadata }) => [
    patch(
      charges,
      { id: charge_id },
      { voided_position: position, voided_at: metadata.recorded_at, void_reason: reason },
    ),
    monthTouched(tenant_id, day, position),
  ],
});
