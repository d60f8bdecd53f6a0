import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { Actor } from '../../src/events/define.ts';
import type { DeploymentEvent, DeploymentState, LifecycleRule } from '../../src/events/deployments.ts';
import { effectiveAt, effectiveDay, kindOf, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream, type DeploymentFields, type Subscription } from './deployment.ts';
import { effectiveDayOf, refuseLater, type DayBounds } from './effective-day.ts';

export interface TransitionDeployment {
  deployment_id: string;
  to: DeploymentState;
  reason: string | null;
  /** The UTC day from whose end on it holds; default today. An admin may name a day in the past. */
  effective_on?: string | undefined;
  /** The rule by which it happens without a decision of a person. */
  rule?: LifecycleRule | undefined;
  /** The number of transitions that the caller saw: after any other one nothing is done. */
  after?: number | undefined;
}

type Transition = Extract<DeploymentEvent, { type: 'DeploymentTransitioned' }>['data'];

/** The edges between the states of a deployment (spec 7). */
export const transitions: Readonly<Record<DeploymentState, readonly DeploymentState[]>> = {
  trial: ['active', 'suspended', 'cancelled'],
  active: ['past_due', 'paused', 'suspended', 'cancelled'],
  past_due: ['active', 'suspended', 'cancelled'],
  paused: ['active', 'cancelled'],
  suspended: ['active', 'cancelled'],
  cancelled: ['archived'],
  archived: [],
};

/**
 * Moves a deployment to another state. Pause, resume and cancel do the same to its subscription. The same
 * transition on the same day that was named adds nothing.
 */
export const transitionDeployment = defineCommand({
  name: 'transition-deployment',
  aggregate: deployment,
  stream: (input: TransitionDeployment) => deploymentStream(input.deployment_id),
  decide(state, input, bounds: DayBounds | undefined, execution): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, execution.actor);
    if (isRefusal(known)) return known;
    const { to, reason, rule, after } = input;
    const { transitions: seen } = known.standing;
    if (after !== undefined && after !== seen) return [];
    const effective_on = effectiveDayOf(input.effective_on, bounds, execution);
    if (isRefusal(effective_on)) return effective_on;
    const { state: latest } = state.latest;
    if (latest !== null && effective_on < latest.effective_on)
      return refuseLater(`the deployment went from ${latest.from} to ${latest.to}`, latest);
    if (input.effective_on !== undefined && latest?.to === to && effective_on === latest.effective_on)
      return [];
    const refusal = notAllowed(known, to) ?? forbiddenTo(execution.actor, known, to);
    if (refusal !== null) return refusal;
    const owner = { deployment_id: known.id, tenant_id: known.tenant_id };
    const { state: from } = known;
    return [
      {
        type: 'DeploymentTransitioned',
        data: {
          ...{ ...owner, from, to, reason, effective_on, transition_no: seen + 1 },
          ...(rule === undefined ? {} : { rule }),
        },
        ...effectiveAt(effective_on, execution.today),
      },
      ...subscriptionFollows(state.subscription, { ...owner, from, to, effective_on }, execution.today),
    ];
  },
  result: (state) => state,
});

/** The states that an actor may move a deployment to. */
export function mayBecome(actor: Actor, known: DeploymentFields): DeploymentState[] {
  return transitions[known.state].filter((to) => forbiddenTo(actor, known, to) === null);
}

/** The refusal of an edge that does not exist, or null. */
function notAllowed({ state: from }: DeploymentFields, to: DeploymentState): Refusal | null {
  const allowed = transitions[from];
  return allowed.includes(to)
    ? null
    : refuse(
        'transition-not-allowed',
        `from ${from} a deployment can go to ${allowed.join(', ') || 'no other state'}, not to ${to}`,
        { extra: { from, to, allowed: [...allowed] } },
      );
}

/** The reason why the actor may not use an edge that exists, or null. */
function forbiddenTo(
  actor: Actor,
  { state: from, billing_action_suspended }: DeploymentFields,
  to: DeploymentState,
): Refusal | null {
  switch (kindOf(actor)) {
    case 'admin':
      return null;
    case 'automatic':
      return billing_action_suspended
        ? refuse('forbidden', 'an operator has suspended automatic billing actions on this deployment')
        : null;
    case 'tenant':
      return [from, to].some((end) => end === 'past_due' || end === 'suspended') || to === 'archived'
        ? refuse('forbidden', `going from ${from} to ${to} is the operator's to decide`)
        : null;
  }
}

/** The event that a transition adds to the subscription; past_due and suspended leave it in force. */
function subscriptionFollows(
  subscription: Subscription | null,
  { from, to, ...change }: Pick<Transition, 'deployment_id' | 'tenant_id' | 'from' | 'to' | 'effective_on'>,
  today: string,
): DeploymentEvent[] {
  if (subscription === null || subscription.status === 'cancelled') return [];
  const effective_on = effectiveDay(subscription, change.effective_on);
  const event = {
    data: { ...change, subscription_id: subscription.id, effective_on },
    ...effectiveAt(effective_on, today),
  };
  if (to === 'paused') return [{ type: 'SubscriptionPaused', ...event }];
  if (to === 'cancelled') return [{ type: 'SubscriptionCancelled', ...event }];
  return from === 'paused' && to === 'active' ? [{ type: 'SubscriptionResumed', ...event }] : [];
}
