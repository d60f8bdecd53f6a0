import { z } from 'zod';
import type { EventOf } from './define.ts';
import { day, decimal, instant, text } from './values.ts';

export const granularity = z.enum(['day', 'hour']);

/** One usage record of a metered day. `hour` is 0–23 at hour granularity, null at day granularity. */
export const observation = z.object({
  resource_id: text,
  resource_kind: text,
  granularity,
  hour: z.int().nullable(),
  qty: decimal,
});
export type Observation = z.output<typeof observation>;

/** Why a resource that is metered has no record of a day: what its quantity follows from is not known. */
export const unmeteredReason = z.enum(['unknown-size', 'unknown-status']);
export type UnmeteredReason = z.output<typeof unmeteredReason>;

/**
 * A resource without a record of a metered day. `resource_kind` is the billing kind that it would have had.
 */
export const unmetered = z.object({ resource_id: text, resource_kind: text, reason: unmeteredReason });
export type Unmetered = z.output<typeof unmetered>;

/** Events of a metered day's stream (`metering-<hash of deployment, day>`). */
export const meteringEvents = {
  /**
   * Part `part` of `parts` (from 1) of the day's set number `set_no` (from 1). The highest set that is
   * complete is the day's whole usage, of every granularity; an empty set clears the day. `set_hash` names
   * the content.
   */
  UsageMetered: z.object({
    deployment_id: text,
    tenant_id: text,
    day,
    set_no: z.int(),
    set_hash: text,
    part: z.int(),
    parts: z.int(),
    observations: z.array(observation),
    /** Resources that this part has instead of records; absent: none. */
    unmetered: z.array(unmetered).optional(),
  }),
};

/** Events of a metered day over all deployments (`metering-day-<day>`): the watermark of metering. */
export const meteringDayEvents = {
  DayMetered: z.object({ day, deployments: z.int(), records: z.int() }),
};

/** Events of a billing kind's metering configuration (`metering-config-<hash of kind>`). */
export const meteringConfigEvents = {
  MeteringConfigured: z.object({ resource_kind: text, granularity, retention_days: z.int().nullable() }),
};

/** Events of one gateway request (`llm-<hash of gateway_request_id>`). */
export const llmEvents = {
  LlmUsageRecorded: z.object({
    gateway_request_id: text,
    deployment_id: text,
    tenant_id: text,
    model: text,
    input_tokens: z.int(),
    output_tokens: z.int(),
    /** Exact, as the gateway priced it; never re-priced. */
    charge_cents: decimal,
    occurred_at: instant,
  }),
  /**
   * The report is taken back: it counts no more, and its id stays used. `day` is the one that it occurred on.
   */
  LlmUsageVoided: z.object({
    gateway_request_id: text,
    deployment_id: text,
    tenant_id: text,
    day,
    reason: text,
  }),
};

/** Events of one report of usage that no sweep meters (`reported-usage-<hash of source, external_id>`). */
export const reportedUsageEvents = {
  UsageReported: z.object({
    source: text,
    external_id: text,
    deployment_id: text,
    tenant_id: text,
    /** The billing kind. */
    resource_kind: text,
    qty: decimal,
    day,
  }),
  /** The report is taken back: it counts no more, and its id stays used. */
  ReportedUsageVoided: z.object({
    source: text,
    external_id: text,
    deployment_id: text,
    tenant_id: text,
    day,
    reason: text,
  }),
};

export type MeteringEvent = EventOf<typeof meteringEvents>;
export type MeteringDayEvent = EventOf<typeof meteringDayEvents>;
export type MeteringConfigEvent = EventOf<typeof meteringConfigEvents>;
export type LlmEvent = EventOf<typeof llmEvents>;
export type ReportedUsageEvent = EventOf<typeof reportedUsageEvents>;
