import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { Actor } from '../../src/events/define.ts';
import type { DeploymentEvent, DeploymentState, LifecycleRule } from '../../src/events/deployments.ts';
import { effectiveAt, effectiveDay, kindOf, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream, type DeploymentFields, type Subscription } from './deployment.ts';

export interface TransitionDeployment {
  deployment_id: string;
  to: DeploymentState;
  reason: string | null;
  /** The rule by which it happens without a decision of a person. */
  rule?: LifecycleRule | undefined;
  /** The number of transitions that the caller saw: after any other one nothing is done. */
  after?: number | undefined;
}

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

/** Moves a deployment to another state. Pause, resume and cancel do the same to its subscription. */
export const transitionDeployment = defineCommand({
  name: 'transition-deployment',
  aggregate: deployment,
  stream: (input: TransitionDeployment) => deploymentStream(input.deployment_id),
  decide(
    state,
    { to, reason, rule, after },
    _context: undefined,
    { today, actor },
  ): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, actor);
    if (isRefusal(known)) return known;
    const { transitions: seen } = known.standing;
    if (after !== undefined && after !== seen) return [];
    const from = known.state;
    const allowed = transitions[from];
    if (!allowed.includes(to)) {
      return refuse(
        'transition-not-allowed',
        `from ${from} a deployment can go to ${allowed.join(', ') || 'no other state'}, not to ${to}`,
        { extra: { from, to, allowed: [...allowed] } },
      );
    }
    const forbidden = forbiddenTo(actor, known, to);
    if (forbidden !== null) return forbidden;
    const owner = { deployment_id: known.id, tenant_id: known.tenant_id };
    return [
      {
        type: 'DeploymentTransitioned',
        data: {
          ...{ ...owner, from, to, reason, effective_on: today, transition_no: seen + 1 },
          ...(rule === undefined ? {} : { rule }),
        },
      },
      ...subscriptionFollows(state.subscription, owner, from, to, today),
    ];
  },
  result: (state) => state,
});

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
  owner: { deployment_id: string; tenant_id: string },
  from: DeploymentState,
  to: DeploymentState,
  today: string,
): DeploymentEvent[] {
  if (subscription === null || subscription.status === 'cancelled') return [];
  const effective_on = effectiveDay(subscription, today);
  const event = {
    data: { ...owner, subscription_id: subscription.id, effective_on },
    ...effectiveAt(effective_on, today),
  };
  if (to === 'paused') return [{ type: 'SubscriptionPaused', ...event }];
  if (to === 'cancelled') return [{ type: 'SubscriptionCancelled', ...event }];
  return from === 'paused' && to === 'active' ? [{ type: 'SubscriptionResumed', ...event }] : [];
}
