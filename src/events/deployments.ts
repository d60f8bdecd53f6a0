import { z } from 'zod';
import type { EventOf } from './define.ts';
import { wantedSpec } from './catalog.ts';
import { cents, day, decimal, instant, text } from './values.ts';

export const deploymentStates = [
  'trial',
  'active',
  'past_due',
  'paused',
  'suspended',
  'cancelled',
  'archived',
] as const;
const deploymentState = z.enum(deploymentStates);
export type DeploymentState = z.output<typeof deploymentState>;

/** The rules by which a deployment is moved without a decision of a person. */
export const lifecycleRules = ['trial-end', 'dunning', 'recovery'] as const;
export type LifecycleRule = (typeof lifecycleRules)[number];

/** The fields of a deployment that can change without a transition. */
const changeableFields = ['display_name', 'llm_mode', 'billing_action_suspended'] as const;

const owner = { deployment_id: text, tenant_id: text };

/**
 * Events of a deployment's stream (`deployment-<id>`): its life, its subscription and addons. `effective_on`
 * is the UTC day from whose end on the change holds: a day belongs to what is in force at its end.
 */
export const deploymentEvents = {
  DeploymentCreated: z.object({
    ...owner,
    slug: text,
    display_name: text,
    region: text.nullable(),
    state: deploymentState,
    llm_mode: text,
    template_code: text.nullable(),
    template_version: text.nullable(),
    trial_ends_at: instant.nullable(),
    effective_on: day,
    /** The resources that its template wants. */
    wanted: z.array(wantedSpec).optional(),
  }),
  /** Holds all three changeable fields as they were known at the recording. */
  DeploymentUpdated: z.object({
    ...owner,
    display_name: text,
    llm_mode: text,
    billing_action_suspended: z.boolean(),
    /** The fields that it changes; absent in events of earlier releases: all. */
    changed: z.array(z.enum(changeableFields)).optional(),
    /**
     * The day from whose end on a changed `llm_mode` holds. Events of earlier releases have none: it is that
     * of the recording.
     */
    effective_on: day.optional(),
  }),
  DeploymentTransitioned: z.object({
    ...owner,
    from: deploymentState,
    to: deploymentState,
    reason: text.nullable(),
    effective_on: day,
    /** The rule that moved it; absent: a person did. */
    rule: z.enum(lifecycleRules).optional(),
    /** From 1 for each deployment; absent in events of earlier releases. */
    transition_no: z.int().optional(),
  }),
  SubscriptionStarted: z.object({
    ...owner,
    subscription_id: text,
    plan_code: text,
    plan_version: z.int(),
    starts_on: day,
    trial_ends_at: instant.nullable(),
    /** The first day that is billed, where an imported subscription began before it. */
    billed_from: day.optional(),
  }),
  /** Snapshot of the addon's terms: `packs` packs of `qty` each at `price_cents` each. */
  AddonAttached: z.object({
    ...owner,
    subscription_id: text,
    attachment_id: text,
    code: text,
    resource_kind: text,
    packs: z.int(),
    qty: decimal,
    price_cents: cents,
    effective_on: day,
  }),
  /** Detaches every attachment of that code. */
  AddonDetached: z.object({
    ...owner,
    subscription_id: text,
    code: text,
    attachment_ids: z.array(text),
    effective_on: day,
  }),
  PlanVersionChanged: z.object({
    ...owner,
    subscription_id: text,
    from_plan_code: text,
    from_plan_version: z.int(),
    plan_code: text,
    plan_version: z.int(),
    effective_on: day,
  }),
  SubscriptionPaused: z.object({ ...owner, subscription_id: text, effective_on: day }),
  SubscriptionResumed: z.object({ ...owner, subscription_id: text, effective_on: day }),
  SubscriptionCancelled: z.object({ ...owner, subscription_id: text, effective_on: day }),
};

/** Events of a day of the automatic lifecycle over all deployments (`lifecycle-<day>`): its watermark. */
export const lifecycleDayEvents = {
  LifecycleDayCompleted: z.object({ day, transitions: z.int() }),
};

type DeploymentUpdated = z.output<typeof deploymentEvents.DeploymentUpdated>;
type ChangeableFields = Pick<DeploymentUpdated, (typeof changeableFields)[number]>;

/** The fields that an update changes, with their values. */
export function fieldsChangedBy(update: DeploymentUpdated): Partial<ChangeableFields> {
  const { display_name, llm_mode, billing_action_suspended, changed = changeableFields } = update;
  return {
    ...(changed.includes('display_name') ? { display_name } : {}),
    ...(changed.includes('llm_mode') ? { llm_mode } : {}),
    ...(changed.includes('billing_action_suspended') ? { billing_action_suspended } : {}),
  };
}

export type LifecycleDayEvent = EventOf<typeof lifecycleDayEvents>;
export type DeploymentEvent = EventOf<typeof deploymentEvents>;
