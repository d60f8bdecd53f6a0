import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { effectiveAt, effectiveDay, openSubscription, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream } from './deployment.ts';

export interface DetachAddon {
  deployment_id: string;
  code: string;
}

/** Detaches every pack of an addon from today on: today is no longer charged. */
export const detachAddon = defineCommand({
  name: 'detach-addon',
  aggregate: deployment,
  stream: (input: DetachAddon) => deploymentStream(input.deployment_id),
  decide(state, { code }, _context: undefined, { actor, today }): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, actor);
    if (isRefusal(known)) return known;
    const subscription = openSubscription(state, known);
    if (isRefusal(subscription)) return subscription;
    const attachment_ids = subscription.addons
      .filter((attached) => attached.code === code)
      .map(({ attachment_id }) => attachment_id);
    if (attachment_ids.length === 0) return refuse('not-found', `no addon ${code} is attached`);
    const effective_on = effectiveDay(subscription, today);
    return [
      {
        type: 'AddonDetached',
        data: {
          deployment_id: known.id,
          tenant_id: known.tenant_id,
          subscription_id: subscription.id,
          code,
          attachment_ids,
          effective_on,
        },
        ...effectiveAt(effective_on, today),
      },
    ];
  },
  result: (state) => state,
});
