import { z } from 'zod';
import type { EventOf } from './define.ts';
import { cents, day, decimal, instant, text } from './values.ts';

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

/** Why a metered resource has no record for a day: its size or status is not known. */
export const unmeteredReason = z.enum(['unknown-size', 'unknown-status']);
export type UnmeteredReason = z.output<typeof unmeteredReason>;

/** A resource without a record for a metered day, and the billing kind that it would have. */
export const unmetered = z.object({ resource_id: text, resource_kind: text, reason: unmeteredReason });
export type Unmetered = z.output<typeof unmetered>;

/** Events of a metered day's stream (`metering-<hash of deployment, day>`). */
export const meteringEvents = {
  /**
   * Part `part` of `parts` (from 1) of the day's set `set_no` (from 1), named by its content's `set_hash`.
   * The highest complete set is the day's whole usage; an empty set clears the day.
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
    /** Metered resources without a record; absent: none. */
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
  /** The report is withdrawn, its id stays used; `day` is the day of `occurred_at`. */
  LlmUsageVoided: z.object({
    gateway_request_id: text,
    deployment_id: text,
    tenant_id: text,
    day,
    reason: text,
  }),
};

/** Events of one usage report (`reported-usage-<hash of source, external_id>`). */
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
  /** The report is withdrawn; its id stays used. */
  ReportedUsageVoided: z.object({
    source: text,
    external_id: text,
    deployment_id: text,
    tenant_id: text,
    day,
    reason: text,
  }),
};

/** Events of a one-off charge of a deployment (`charge-<id>`). */
export const chargeEvents = {
  ChargeAdded: z.object({
    charge_id: text,
    deployment_id: text,
    tenant_id: text,
    description: text,
    /** Before tax; negative: a discount. */
    amount_cents: cents,
    /** The day whose month bills it. */
    day,
  }),
  ChargeVoided: z.object({ charge_id: text, deployment_id: text, tenant_id: text, day, reason: text }),
};

export type MeteringEvent = EventOf<typeof meteringEvents>;
export type MeteringDayEvent = EventOf<typeof meteringDayEvents>;
export type MeteringConfigEvent = EventOf<typeof meteringConfigEvents>;
export type LlmEvent = EventOf<typeof llmEvents>;
export type ReportedUsageEvent = EventOf<typeof reportedUsageEvents>;
export type ChargeEvent = EventOf<typeof chargeEvents>;
