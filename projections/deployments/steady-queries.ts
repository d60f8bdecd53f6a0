import type { Db, Fragment } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { subscriptionFacts } from './tables.ts';

/** Facts after which a subscription is in force as before, under the same terms or others. */
const changesOfTerms = ['PlanVersionChanged', 'AddonAttached', 'AddonDetached'];
/** States of a deployment in which its subscription is billed. */
const billedStates = ['active', 'past_due', 'suspended'];

/**
 * The deployments that were in force on every day of a month for the plainest of reasons: a single
 * subscription, which began by the first day, and nothing since but changes of its terms. There may be others
 * with more of a history: these follow from their facts alone. Rows `(deployment_id, started_on)`.
 * @param period first day of the month
 */
export const steadyIn = (db: Db, period: string): Fragment => db`
  select f.deployment_id, min(f.effective_on) filter (where f.fact = 'SubscriptionStarted') as started_on
  from ${db(subscriptionFacts.ref)} f
  where f.fact <> 'DeploymentUpdated'
    and (f.effective_on <= ${lastDay(period)}::date or f.fact = 'DeploymentCreated')
  group by f.deployment_id
  having count(*) filter (where f.fact = 'SubscriptionStarted') = 1
    and min(f.effective_on) filter (where f.fact = 'SubscriptionStarted') <= ${period}::date
    and bool_and(f.fact = 'SubscriptionStarted' or f.fact = any(${changesOfTerms}::text[])
      or (f.fact = 'DeploymentCreated' and f.data->>'state' = any(${billedStates}::text[])))`;

/** The {@link steadyIn} deployments, each with the day on which its subscription started. */
export async function steadyDeployments(db: Db, period: string): Promise<Map<string, string>> {
  const rows = await db<{ deployment_id: string; started_on: string }[]>`${steadyIn(db, period)}`;
  return new Map(rows.map(({ deployment_id, started_on }) => [deployment_id, started_on]));
}
