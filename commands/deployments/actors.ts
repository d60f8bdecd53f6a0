import { refuse } from '../../src/ledger/refusal.ts';
import type { Refusal } from '../../src/ledger/refusal.ts';
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
 * The deployment, if it is there and the actor may know of it; another tenant's is told from an absent one by
 * nobody.
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

/** The subscription that a change is about, or why there is none to change. */
export function openSubscription(
  { subscription }: Deployment,
  known: DeploymentFields,
): Subscription | Refusal {
  if (known.state === 'cancelled' || known.state === 'archived') return closed(known);
  if (subscription === null || subscription.status === 'cancelled')
    return refuse('not-subscribed', 'the deployment has no subscription');
  return subscription;
}

/** The day that a change made today counts from: never before the subscription's first. */
export function effectiveDay(subscription: Subscription, today: string): string {
  return subscription.starts_on > today ? subscription.starts_on : today;
}

/** `effective_at` of an event that counts from another day than it is recorded on. */
export function effectiveAt(day: string, today: string): { effective_at?: string } {
  return day === today ? {} : { effective_at: day };
}
