import { z } from 'zod';
import { instant, json, text } from './values.ts';

/** The actions at the provider that a revert consists of. */
export const revertSteps = ['power_off', 'resize', 'power_on'] as const;

/** How a step ended; `not-started`: it surely had no effect and may be tried again. */
export const stepOutcomes = ['completed', 'errored', 'refused', 'not-started', 'timed-out'] as const;

const run = { run_id: text, resource_id: text };
const step = { ...run, step: z.enum(revertSteps), attempt: z.int() };

/**
 * The revert of a drift, on the stream of its resource. Each request to the provider is preceded by its
 * intent and followed by what came of it.
 */
export const revertEvents = {
  DriftRevertRequested: z.object({
    ...run,
    drift_id: text,
    field: text,
    /** The number of reverts of this drift, this one included. */
    attempt: z.int(),
    desired: text,
    /** The disk of the desired size in GB. */
    desired_disk_gb: z.int().optional(),
    actual: json,
    requested_at: instant,
  }),
  /** The process that appended it sends the request at once; any other finds out whether it was sent. */
  RevertStepIntended: z.object({
    ...step,
    /** The highest id of the resource's actions before it: an action of this step has a higher one. */
    after_action_id: z.int(),
    /** It undoes an earlier step, because the revert has failed. */
    compensates: z.boolean(),
    intended_at: instant,
  }),
  /** The provider has begun an action. `found`: among the actions, since its answer was lost. */
  RevertStepStarted: z.object({ ...step, action_id: z.int(), found: z.boolean(), started_at: instant }),
  /** `action_id` is null where the effect was seen without the action. */
  RevertStepEnded: z.object({
    ...step,
    action_id: z.int().nullable(),
    outcome: z.enum(stepOutcomes),
    reason: text.nullable(),
    ended_at: instant,
  }),
  /** The live value is the desired one again. */
  DriftReverted: z.object({
    ...run,
    drift_id: text,
    field: text,
    actual: text,
    status: text,
    ended_at: instant,
  }),
  /** It has given up; `left` is the resource as it was seen last, null where it could not be read. */
  DriftRevertFailed: z.object({
    ...run,
    drift_id: text,
    field: text,
    reason: text,
    left: z.object({ status: text.nullable(), size_slug: text.nullable() }),
    ended_at: instant,
  }),
};
