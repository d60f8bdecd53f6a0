import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { effectiveAt, kindOf, openSubscription, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream } from './deployment.ts';
import { refuseLater, subscriptionDayOf, type DayBounds } from './effective-day.ts';
import { chooseVersion, type PlanOffer } from './offers.ts';

export interface ChangePlanVersion {
  deployment_id: string;
  plan_code: string;
  version?: number | undefined;
  /** The first UTC day on which it counts; default today. An admin may name a day in the past. */
  effective_on?: string | undefined;
}

/** The plan that the code names, null: no such plan; and the bounds of a day in the past. */
export interface ChangePlanContext {
  plan: PlanOffer | null;
  bounds?: DayBounds | null;
}

/** Moves a subscription to another plan or version from a day on. The version of that day adds nothing. */
export const changePlanVersion = defineCommand({
  name: 'change-plan-version',
  aggregate: deployment,
  stream: (input: ChangePlanVersion) => deploymentStream(input.deployment_id),
  decide(state, input, { plan, bounds }: ChangePlanContext, execution): DeploymentEvent[] | Refusal {
    const { actor, today, currency } = execution;
    const known = visibleDeployment(state, actor);
    if (isRefusal(known)) return known;
    const subscription = openSubscription(state, known);
    if (isRefusal(subscription)) return subscription;
    const effective_on = subscriptionDayOf(input.effective_on, subscription, bounds, execution);
    if (isRefusal(effective_on)) return effective_on;
    const { plan: later } = state.latest;
    if (later !== null && effective_on < later.effective_on)
      return refuseLater(`the plan became version ${later.plan_version} of ${later.plan_code}`, later);
    const { plan_code, plan_version: held } = subscription;
    if (input.plan_code === plan_code && input.version === held) return [];
    const chosen = chooseVersion(plan, input, { anyVersion: kindOf(actor) === 'admin', currency });
    if (isRefusal(chosen)) return chosen;
    if (input.plan_code === plan_code && chosen === held) return [];
    return [
      {
        type: 'PlanVersionChanged',
        data: {
          deployment_id: known.id,
          tenant_id: known.tenant_id,
          subscription_id: subscription.id,
          from_plan_code: plan_code,
          from_plan_version: held,
          plan_code: input.plan_code,
          plan_version: chosen,
          effective_on,
        },
        ...effectiveAt(effective_on, today),
      },
    ];
  },
  result: (state) => state,
});
