import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { effectiveAt, effectiveDay, kindOf, openSubscription, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream } from './deployment.ts';
import { chooseVersion, type PlanOffer } from './offers.ts';

export interface ChangePlanVersion {
  deployment_id: string;
  plan_code: string;
  version?: number | undefined;
}

/** The plan that the code names; null: no such plan. */
export interface ChangePlanContext {
  plan: PlanOffer | null;
}

/** Moves a subscription to another plan or version from today on. The present version again adds nothing. */
export const changePlanVersion = defineCommand({
  name: 'change-plan-version',
  aggregate: deployment,
  stream: (input: ChangePlanVersion) => deploymentStream(input.deployment_id),
  decide(state, input, { plan }: ChangePlanContext, { actor, today, currency }): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, actor);
    if (isRefusal(known)) return known;
    const subscription = openSubscription(state, known);
    if (isRefusal(subscription)) return subscription;
    const { plan_code, plan_version: held } = subscription;
    if (input.plan_code === plan_code && input.version === held) return [];
    const chosen = chooseVersion(plan, input, { anyVersion: kindOf(actor) === 'admin', currency });
    if (isRefusal(chosen)) return chosen;
    if (input.plan_code === plan_code && chosen === held) return [];
    const effective_on = effectiveDay(subscription, today);
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
