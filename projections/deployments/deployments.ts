import { defineProjection, patch, upsert, type RowOp } from '../../src/read-models/projection.ts';
import type { Recorded } from '../../src/events/define.ts';
import { dayOf } from '../../src/pricing/calendar.ts';
import { fieldsChangedBy, type DeploymentEvent } from '../../src/events/deployments.ts';
import {
  BEFORE_ALL,
  deployments,
  deploymentsModel,
  lifecycleDays,
  llmModes,
  subscriptionFacts,
  subscriptions,
  wantedSpecs,
} from './tables.ts';

type ModeEvent = Recorded<Extract<DeploymentEvent, { type: 'DeploymentCreated' | 'DeploymentUpdated' }>>;

type CostsEvent = Recorded<DeploymentEvent>;

/** The dated fact of an event, from which months are invoiced. */
function fact(event: CostsEvent): RowOp {
  const {
    data,
    position,
    id,
    type,
    metadata: { recorded_at },
  } = event;
  // An imported subscription shows its past start, and counts from its first billed day on.
  const effective_on = 'starts_on' in data ? (data.billed_from ?? data.starts_on) : data.effective_on;
  if (effective_on === undefined) throw new Error(`${type} ${id} has no day from which it counts`);
  return upsert(subscriptionFacts, {
    deployment_id: data.deployment_id,
    position,
    tenant_id: data.tenant_id,
    event_id: id,
    fact: type,
    effective_on,
    data,
    recorded_at,
  });
}

/** A transition by an admin is a decision that the automatic lifecycle leaves alone. */
const isByAdmin = ({ metadata: { actor } }: Pick<CostsEvent, 'metadata'>): boolean =>
  actor.roles.includes('platform_admin');

/** The mode of a deployment from a day on. */
function llmMode(
  { position, data: { deployment_id, tenant_id, llm_mode } }: ModeEvent,
  effective_on: string,
): RowOp {
  return upsert(llmModes, { deployment_id, position, tenant_id, llm_mode, effective_on });
}

function subscriptionStatus(status: 'active' | 'paused' | 'cancelled') {
  return (
    event: Recorded<
      Extract<
        DeploymentEvent,
        { type: 'SubscriptionPaused' | 'SubscriptionResumed' | 'SubscriptionCancelled' }
      >
    >,
  ): RowOp[] => [patch(subscriptions, { deployment_id: event.data.deployment_id }, { status }), fact(event)];
}

/**
 * Deployments and their subscriptions as they are now, and the dated facts from which months are invoiced.
 */
export const deploymentsProjection = defineProjection(
  deploymentsModel,
  [deployments, subscriptions, subscriptionFacts, llmModes, lifecycleDays, wantedSpecs],
  {
    DeploymentCreated: (event) => {
      const {
        data: { deployment_id, effective_on, wanted = [], ...fields },
        metadata: { recorded_at },
      } = event;
      return [
        upsert(deployments, {
          id: deployment_id,
          ...fields,
          billing_action_suspended: false,
          ...{ state_since: effective_on, state_rule: null, transitions: 0, decided_on: null },
          freed_at: null,
          created_at: recorded_at,
          updated_at: recorded_at,
        }),
        fact(event),
        llmMode(event, BEFORE_ALL),
        ...wanted.map((spec, place) => upsert(wantedSpecs, { ...spec, deployment_id, place })),
      ];
    },
    DeploymentUpdated: (event) => {
      const {
        data: { deployment_id, effective_on },
        metadata: { recorded_at, effective_at },
      } = event;
      const fields = fieldsChangedBy(event.data);
      const { llm_mode, billing_action_suspended } = fields;
      const freed = billing_action_suspended === false ? { freed_at: recorded_at } : {};
      const isDatedBack = effective_on !== undefined && effective_at !== undefined;
      return [
        patch(deployments, { id: deployment_id }, { ...fields, ...freed, updated_at: recorded_at }),
        ...(llm_mode === undefined ? [] : [llmMode(event, effective_on ?? recorded_at.slice(0, 10))]),
        // Months that are over have this one to judge again.
        ...(isDatedBack ? [fact(event)] : []),
      ];
    },
    DeploymentTransitioned: (event) => [
      patch(
        deployments,
        { id: event.data.deployment_id },
        {
          ...{ state: event.data.to, state_since: event.data.effective_on },
          ...{ state_rule: event.data.rule ?? null, transitions: event.data.transition_no ?? 0 },
          ...(isByAdmin(event) ? { decided_on: dayOf(event.metadata.recorded_at) } : {}),
          updated_at: event.metadata.recorded_at,
        },
      ),
      fact(event),
    ],
    SubscriptionStarted: (event) => {
      const { deployment_id, tenant_id, subscription_id, plan_code, plan_version, starts_on, trial_ends_at } =
        event.data;
      const row = {
        deployment_id,
        id: subscription_id,
        tenant_id,
        plan_code,
        plan_version,
        status: 'active',
        starts_on,
        trial_ends_at,
        created_at: event.metadata.recorded_at,
      };
      return [upsert(subscriptions, row), fact(event)];
    },
    AddonAttached: (event) => [fact(event)],
    AddonDetached: (event) => [fact(event)],
    PlanVersionChanged: (event) => {
      const { deployment_id, plan_code, plan_version } = event.data;
      return [patch(subscriptions, { deployment_id }, { plan_code, plan_version }), fact(event)];
    },
    SubscriptionPaused: subscriptionStatus('paused'),
    SubscriptionResumed: subscriptionStatus('active'),
    SubscriptionCancelled: subscriptionStatus('cancelled'),
    LifecycleDayCompleted: ({ data, metadata }) =>
      upsert(lifecycleDays, { ...data, recorded_at: metadata.recorded_at }),
  },
);
