/** What the API shows of a deployment and its subscription. */
import { z } from 'zod';
import type { Deployment, Subscription } from '../../../commands/deployments/deployment.ts';
import { mayBecome } from '../../../commands/deployments/transition-deployment.ts';
import type { AsOf } from '../../../projections/deployments/as-of.ts';
import type { WantedSpec } from '../../events/catalog.ts';
import type { RecordedEvent } from '../../events/define.ts';
import { deploymentStates, lifecycleRules, type DeploymentState } from '../../events/deployments.ts';
import { deploymentAsOf } from '../../history/deployment-as-of.ts';
import { lastDay, monthOf } from '../../pricing/calendar.ts';
import { actorOf, foundOr404, ownerOr404, scopeOf, type Caller } from '../caller.ts';
import { daySchema, decimalSchema, priceCentsSchema } from '../schemas.ts';
import { showEvent, type ShownEvent } from './show-event.ts';

const subscriptionStatuses = ['active', 'paused', 'cancelled'] as const;

const deploymentFields = z.object({
  id: z.string(),
  tenant_id: z.string(),
  slug: z.string(),
  display_name: z.string(),
  region: z.string().nullable(),
  state: z.enum(deploymentStates),
  llm_mode: z.string(),
  billing_action_suspended: z.boolean(),
  template_code: z.string().nullable(),
  template_version: z.string().nullable(),
  trial_ends_at: z.string().nullable(),
  /** The day from which it has its state, and the rule that moved it; null: a person did. */
  state_since: daySchema,
  state_rule: z.enum(lifecycleRules).nullable(),
});

/** A deployment as lists show it. */
export const deploymentRow = deploymentFields.extend({
  plan_code: z.string().nullable(),
  plan_version: z.int().nullable(),
  subscription_status: z.enum(subscriptionStatuses).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** A subscription. `current_period_*` are the first and last day of the month asked about. */
const subscriptionAnswer = z.object({
  id: z.string(),
  plan_code: z.string(),
  plan_version: z.int(),
  status: z.enum(subscriptionStatuses),
  starts_on: daySchema,
  current_period_start: daySchema,
  current_period_end: daySchema,
  trial_ends_at: z.string().nullable(),
  addons: z.array(
    z.object({
      attachment_id: z.string(),
      code: z.string(),
      resource_kind: z.string(),
      packs: z.int(),
      qty: decimalSchema,
      price_cents: priceCentsSchema,
      attached_on: daySchema,
    }),
  ),
});

/** A command's answer about a deployment. */
export const deploymentAnswer = deploymentFields.extend({ subscription: subscriptionAnswer.nullable() });

/** A command's answer about a subscription. */
export const ownedSubscription = subscriptionAnswer.extend({
  deployment_id: z.string(),
  tenant_id: z.string(),
});

/** The subscription, its current period that of `today`'s month. */
function showSubscription(subscription: Subscription, today: string): z.output<typeof subscriptionAnswer> {
  return { ...subscription, current_period_start: monthOf(today), current_period_end: lastDay(today) };
}

/** A command's result about a deployment. */
export function showDeployment(
  { deployment: fields, subscription }: Deployment,
  today: string,
): z.output<typeof deploymentAnswer> {
  if (fields === null) throw new Error('a command succeeded on a deployment that does not exist');
  const { standing, ...shown } = fields;
  return {
    ...{ ...shown, state_since: standing.since, state_rule: standing.rule },
    subscription: subscription && showSubscription(subscription, today),
  };
}

/** A command's result about a subscription. */
export function showOwned(
  { deployment: fields, subscription }: Deployment,
  today: string,
): z.output<typeof ownedSubscription> {
  if (fields === null || subscription === null)
    throw new Error('a command succeeded on a subscription that does not exist');
  return { ...showSubscription(subscription, today), deployment_id: fields.id, tenant_id: fields.tenant_id };
}

/** A deployment with its events, as `deployments/:id` shows both. */
export interface ShownDeployment {
  /** The resources that its template wants. */
  wanted: readonly WantedSpec[];
  answer: z.output<typeof deploymentAnswer> & {
    may_become: DeploymentState[];
    created_at: string;
    updated_at: string;
  };
  events: ShownEvent[];
}

/**
 * A deployment from its stream's events: as it is, or as it was by `as_of` and `known_at`.
 * @throws {Refused} `not-found` for none, another tenant's, and one that did not exist then
 */
export function showDeploymentAsOf(
  recorded: readonly RecordedEvent[],
  caller: Caller,
  when: AsOf,
  today: string,
): ShownDeployment {
  const past = foundOr404(deploymentAsOf(recorded, when), 'deployment');
  const owned = ownerOr404(caller, past.state.deployment, 'deployment');
  const scope = scopeOf(caller);
  return {
    wanted: past.wanted,
    answer: {
      ...showDeployment({ ...past.state, deployment: owned }, today),
      may_become: mayBecome(actorOf(caller), owned),
      created_at: past.created_at,
      updated_at: past.updated_at,
    },
    events: past.events.map((event) => showEvent(event, scope)),
  };
}
