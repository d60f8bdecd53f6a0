/** The facts of a deployment's events, for tests without a database; the terms of plans are empty. */
import type { DeploymentEvent } from '../../../src/events/deployments.ts';
import type { SubscriptionFact } from '../../../src/pricing/subscription-terms.ts';
import type { PlanTerms } from '../../../src/pricing/types.ts';

const planOf = ({ plan_code, plan_version }: { plan_code: string; plan_version: number }): PlanTerms => ({
  ...{ plan_code, plan_version, base_price_cents: 0, currency: 'AUD', items: [] },
});

/** @param events in the order of the stream */
export function factsOf(events: readonly DeploymentEvent[]): SubscriptionFact[] {
  return events.flatMap((event, position): SubscriptionFact[] => {
    switch (event.type) {
      case 'DeploymentCreated':
        return [{ type: 'deployment_state', day: '2000-01-01', position, state: event.data.state }];
      case 'DeploymentUpdated':
        return [];
      case 'DeploymentTransitioned':
        return [{ type: 'deployment_state', day: event.data.effective_on, position, state: event.data.to }];
      case 'SubscriptionStarted':
        return [{ type: 'started', day: event.data.starts_on, position, plan: planOf(event.data) }];
      case 'PlanVersionChanged':
        return [{ type: 'plan_changed', day: event.data.effective_on, position, plan: planOf(event.data) }];
      case 'AddonAttached': {
        const { attachment_id, effective_on: day, ...addon } = event.data;
        return [{ type: 'addon_attached', day, position, attachment_id, addon }];
      }
      case 'AddonDetached':
        return [{ type: 'addon_detached', day: event.data.effective_on, position, code: event.data.code }];
      case 'SubscriptionPaused':
        return [{ type: 'paused', day: event.data.effective_on, position }];
      case 'SubscriptionResumed':
        return [{ type: 'resumed', day: event.data.effective_on, position }];
      case 'SubscriptionCancelled':
        return [{ type: 'cancelled', day: event.data.effective_on, position }];
    }
  });
}
