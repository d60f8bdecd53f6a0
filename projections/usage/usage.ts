import { defineProjection, upsert, type RowOp } from '../../src/engine/projection.ts';
import { llmUsage, meteredDays, meteringConfig, usageDays, usageModel, usageRecords, usageSets } from './tables.ts';

/** The hour of a record that stands for a whole day: part of the key, where null can't be. */
export const WHOLE_DAY = -1;

/** What was used: metered days by sets, the metering configuration, and the LLM gateway's charges. */
export const usage = defineProjection(usageModel, [usageRecords, usageDays, usageSets, meteredDays, meteringConfig, llmUsage], {
  UsageMetered({ data, position, metadata }) {
    const { deployment_id, tenant_id, day, set_no } = data;
    const rows: RowOp[] = data.observations.map(({ resource_id, resource_kind, granularity, hour, qty }) =>
      upsert(usageRecords, { deployment_id, day, set_no, resource_id, resource_kind, granularity, hour: hour ?? WHOLE_DAY, qty }));
    // Parts follow each other on the stream, so the last one completes the set; numbers only go up, so it is the one that holds now.
    if (data.part < data.parts) return rows;
    const completed = { deployment_id, day, tenant_id, set_no, position, recorded_at: metadata.recorded_at };
    return [...rows, upsert(usageSets, completed), upsert(usageDays, completed)];
  },
  DayMetered: ({ data, metadata }) => upsert(meteredDays, { ...data, recorded_at: metadata.recorded_at }),
  MeteringConfigured: ({ data }) => upsert(meteringConfig, data),
  LlmUsageRecorded: ({ data, position, metadata }) =>
    upsert(llmUsage, { ...data, day: data.occurred_at.slice(0, 10), position, recorded_at: metadata.recorded_at }),
});
