import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { Actor } from '../../src/events/define.ts';
import type { Deployment, DeploymentFields, Subscription } from './deployment.ts';

/**
 * Who acts on a deployment. An automatic billing action acts without a tenant under role `automatic`:
 * no token of a tenant can pass for one.
 */
export type ActorKind = 'tenant' | 'admin' | 'automatic';

export function kindOf(actor: Actor): ActorKind {
  if (actor.roles.includes('platform_admin')) return 'admin';
  return actor.tenant_id === null && actor.roles.includes('automatic') ? 'automatic' : 'tenant';
}

/**
 * The deployment, if it exists and the actor may see it. Another tenant's deployment looks like one that does
 * not exist.
 */
export function visibleDeployment({ deployment }: Deployment, actor: Actor): DeploymentFields | Refusal {
  if (deployment !== null && (kindOf(actor) !== 'tenant' || deployment.tenant_id === actor.tenant_id))
    return deployment;
  return refuse('not-found', 'there is no such deployment');
}

/** The refusal for a deployment that has ended. */
export function closed({ state }: DeploymentFields): Refusal {
  return refuse('deployment-closed', `the deployment is ${state}`);
}

/** The subscription to change, or the reason why it cannot be changed. */
export function openSubscription(
  { subscription }: Deployment,
  known: DeploymentFields,
): Subscription | Refusal {
  if (known.state === 'cancelled' || known.state === 'archived') return closed(known);
  if (subscription === null || subscription.status === 'cancelled')
    return refuse('not-subscribed', 'the deployment has no subscription');
  return subscription;
}

/** The day from which a change of a day counts: that day, or the first of the subscription if later. */
export function effectiveDay(subscription: Subscription, day: string): string {
  return subscription.starts_on > day ? subscription.starts_on : day;
}

/** `effective_at` of an event that is recorded on another day than the one from which it counts. */
export function effectiveAt(day: string, today: string): { effective_at?: string } {
  return day === today ? {} : { effective_at: day };
}
