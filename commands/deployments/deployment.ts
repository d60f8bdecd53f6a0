import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import {
  fieldsChangedBy,
  type DeploymentEvent,
  type DeploymentState,
  type LifecycleRule,
} from '../../src/events/deployments.ts';

/**
 * An attached addon: `packs` packs of `qty` each at `price_cents` each; later changes of the catalog don't
 * count.
 */
export interface Attachment {
  attachment_id: string;
  code: string;
  resource_kind: string;
  packs: number;
  /** Exact decimal, base units a pack. */
  qty: string;
  price_cents: number;
  /** The first day from which it counts. */
  attached_on: string;
}

/** A subscription as it is now. */
export interface Subscription {
  id: string;
  plan_code: string;
  plan_version: number;
  status: 'active' | 'paused' | 'cancelled';
  starts_on: string;
  trial_ends_at: string | null;
  addons: Attachment[];
}

/** A deployment as it is now. */
export interface DeploymentFields {
  id: string;
  tenant_id: string;
  slug: string;
  display_name: string;
  region: string | null;
  state: DeploymentState;
  llm_mode: string;
  billing_action_suspended: boolean;
  template_code: string | null;
  template_version: string | null;
  trial_ends_at: string | null;
  /** How it came to its state. */
  standing: DeploymentStanding;
}

/** How a deployment came to its state. */
export interface DeploymentStanding {
  /** The UTC day from which it has the state. */
  since: string;
  /** The rule that moved it; null: a person did. */
  rule: LifecycleRule | null;
  /** Transitions so far. */
  transitions: number;
}

/** The latest change of each thing that changes by itself: nothing of it can be dated before it. */
export interface LatestChanges {
  /** Null: still in its first state. */
  state: { effective_on: string; from: DeploymentState; to: DeploymentState } | null;
  /** Null: its first mode. An event of an earlier release does not say its day. */
  llm_mode: { effective_on: string | null; llm_mode: string } | null;
  /** Null: without a subscription, or still the plan that it started on. */
  plan: { effective_on: string; plan_code: string; plan_version: number } | null;
  /** By the code of the addon. */
  detached: Readonly<Record<string, { effective_on: string; code: string }>>;
}

/** A deployment with its subscription. */
export interface Deployment {
  /** Null before the deployment is created. */
  deployment: DeploymentFields | null;
  subscription: Subscription | null;
  /** The number of subscriptions so far, ended ones included. */
  subscriptions: number;
  /** Every attachment ever made, detached ones included: an execution attaches once. */
  attachment_ids: readonly string[];
  latest: LatestChanges;
}

/** The id of a deployment, from the tenant and the slug: the slug is taken for ever. */
export const deploymentIdOf = (tenantId: string, slug: string): string =>
  idFrom('deployment', tenantId, slug);

/** The stream of a deployment, its subscription and its addons. */
export const deploymentStream = (deploymentId: string): string => `deployment-${deploymentId}`;

/** A deployment. Its subscription is on the same stream, so that one append changes both. */
export const deployment: Aggregate<Deployment, DeploymentEvent> = {
  name: 'deployment',
  initialState: {
    deployment: null,
    subscription: null,
    subscriptions: 0,
    attachment_ids: [],
    latest: { state: null, llm_mode: null, plan: null, detached: {} },
  },
  evolve(state, event): Deployment {
    switch (event.type) {
      case 'DeploymentCreated': {
        const { deployment_id, effective_on, wanted: _wanted, ...fields } = event.data;
        const standing = { since: effective_on, rule: null, transitions: 0 };
        const created = { id: deployment_id, ...fields, billing_action_suspended: false, standing };
        return { ...state, deployment: created };
      }
      case 'DeploymentUpdated': {
        const fields = fieldsChangedBy(event.data);
        const { llm_mode } = fields;
        const { effective_on = null } = event.data;
        const latest = llm_mode === undefined ? {} : { llm_mode: { effective_on, llm_mode } };
        return {
          ...state,
          deployment: state.deployment && { ...state.deployment, ...fields },
          latest: { ...state.latest, ...latest },
        };
      }
      case 'DeploymentTransitioned': {
        const { from, to, effective_on, rule = null, transition_no = 0 } = event.data;
        const standing = { since: effective_on, rule, transitions: transition_no };
        return {
          ...state,
          deployment: state.deployment && { ...state.deployment, state: to, standing },
          latest: { ...state.latest, state: { effective_on, from, to } },
        };
      }
      case 'SubscriptionStarted': {
        const { subscription_id, plan_code, plan_version, starts_on, trial_ends_at } = event.data;
        const subscription: Subscription = {
          id: subscription_id,
          plan_code,
          plan_version,
          status: 'active',
          starts_on,
          trial_ends_at,
          addons: [],
        };
        return { ...state, subscription, subscriptions: state.subscriptions + 1 };
      }
      case 'AddonAttached':
      case 'AddonDetached':
      case 'PlanVersionChanged':
      case 'SubscriptionPaused':
      case 'SubscriptionResumed':
      case 'SubscriptionCancelled':
        return {
          ...state,
          subscription: state.subscription && changed(state.subscription, event),
          latest: { ...state.latest, ...latestOf(state.latest, event) },
          attachment_ids:
            event.type === 'AddonAttached'
              ? [...state.attachment_ids, event.data.attachment_id]
              : state.attachment_ids,
        };
    }
  },
};

type SubscriptionChange = Exclude<
  DeploymentEvent,
  { type: 'DeploymentCreated' | 'DeploymentUpdated' | 'DeploymentTransitioned' | 'SubscriptionStarted' }
>;

function latestOf({ detached }: LatestChanges, event: SubscriptionChange): Partial<LatestChanges> {
  if (event.type === 'PlanVersionChanged') {
    const { effective_on, plan_code, plan_version } = event.data;
    return { plan: { effective_on, plan_code, plan_version } };
  }
  if (event.type !== 'AddonDetached') return {};
  const { effective_on, code } = event.data;
  return { detached: { ...detached, [code]: { effective_on, code } } };
}

function changed(subscription: Subscription, event: SubscriptionChange): Subscription {
  switch (event.type) {
    case 'AddonAttached': {
      const { attachment_id, code, resource_kind, packs, qty, price_cents, effective_on } = event.data;
      return {
        ...subscription,
        addons: [
          ...subscription.addons,
          { attachment_id, code, resource_kind, packs, qty, price_cents, attached_on: effective_on },
        ],
      };
    }
    case 'AddonDetached': {
      const detached = new Set(event.data.attachment_ids);
      return {
        ...subscription,
        addons: subscription.addons.filter(({ attachment_id }) => !detached.has(attachment_id)),
      };
    }
    case 'PlanVersionChanged':
      return { ...subscription, plan_code: event.data.plan_code, plan_version: event.data.plan_version };
    case 'SubscriptionPaused':
      return { ...subscription, status: 'paused' };
    case 'SubscriptionResumed':
      return { ...subscription, status: 'active' };
    case 'SubscriptionCancelled':
      return { ...subscription, status: 'cancelled' };
  }
}
