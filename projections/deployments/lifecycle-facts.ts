/** Deployments that the automatic lifecycle may have to move. */
import type { Db, Fragment } from '../../src/database/db.ts';
import type { DeploymentState, LifecycleRule } from '../../src/events/deployments.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { isOverdue, paidJoin } from '../receivables/figure-queries.ts';
import { deployments, subscriptionFacts, subscriptions } from './tables.ts';

/** A deployment for which a step may be due. */
export interface DeploymentFact {
  deployment_id: string;
  slug: string;
  display_name: string;
  state: DeploymentState;
  /** The UTC day from which it has the state. */
  state_since: string;
  /** The rule that moved it; null: a person did. */
  state_rule: LifecycleRule | null;
  transitions: number;
  /** When it was created or last moved, ISO instant. */
  moved_at: string;
  /** The day of the last transition by an admin. */
  decided_on: string | null;
  billing_action_suspended: boolean;
  /** When its automatic billing actions were last allowed again, ISO instant; null: never suspended. */
  freed_at: string | null;
  trial_ends_at: string | null;
  is_subscribed: boolean;
  /** Of a trial: the event that created it. */
  created_by: string | null;
}

export type DeploymentFactRow = DeploymentFact & { tenant_id: string };

/**
 * Trials that have ended by an instant, deployments that dunning moved, and the active ones of some tenants,
 * by tenant and id. Those whose automatic billing actions are suspended are left out.
 * @param trialsEndedBy ISO instant
 * @param indebted tenants with an overdue invoice
 */
export async function deploymentsToMove(
  db: Db,
  { trialsEndedBy, indebted }: { trialsEndedBy: string; indebted: readonly string[] },
): Promise<DeploymentFactRow[]> {
  return deploymentFacts(
    db,
    db`(d.state = 'trial' and d.trial_ends_at <= ${trialsEndedBy}::timestamptz)
      or d.state_rule = 'dunning'
      or (d.state = 'active' and d.tenant_id = any(${[...indebted]}::text[]))`,
  );
}

/** Deployments that dunning moved, of tenants without an overdue invoice, by tenant and id. */
export async function deploymentsToBringBack(db: Db, today: string): Promise<DeploymentFactRow[]> {
  return deploymentFacts(
    db,
    db`d.state_rule = 'dunning' and not exists (
      select from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
      where i.tenant_id = d.tenant_id and ${isOverdue(db, today)})`,
  );
}

/** Whether the tenant of the invoice in row `i` has a deployment that a debt can move or keep from active. */
export const hasLiveDeployment = (db: Db): Fragment => db`exists (
  select from ${db(deployments.ref)} d
  where d.tenant_id = i.tenant_id and d.state in ('trial', 'active', 'past_due', 'suspended'))`;

async function deploymentFacts(db: Db, condition: Fragment): Promise<DeploymentFactRow[]> {
  return db<DeploymentFactRow[]>`
    select d.tenant_id, d.id as deployment_id, d.slug, d.display_name, d.state, d.state_since, d.state_rule,
      d.transitions, (
        select max(f.recorded_at) from ${db(subscriptionFacts.ref)} f where f.deployment_id = d.id
          and f.fact in ('DeploymentCreated', 'DeploymentTransitioned')) as moved_at,
      d.decided_on, d.billing_action_suspended, d.freed_at, d.trial_ends_at,
      coalesce(s.status <> 'cancelled', false) as is_subscribed,
      case when d.state = 'trial' then (
        select f.event_id from ${db(subscriptionFacts.ref)} f
        where f.deployment_id = d.id and f.fact = 'DeploymentCreated') end as created_by
    from ${db(deployments.ref)} d left join ${db(subscriptions.ref)} s on s.deployment_id = d.id
    where not d.billing_action_suspended and (${condition})
    order by d.tenant_id, d.id`;
}
