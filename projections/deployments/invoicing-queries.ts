import type { Db } from '../../src/database/db.ts';
import type { Row } from '../../src/read-models/projection.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import type { SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import type { PlanTerms } from '../../src/pricing/types.ts';
import { planKey, planTermsFor } from '../catalog/plan-queries.ts';
import { steadyIn } from './steady-queries.ts';
import { BEFORE_ALL, subscriptionFacts } from './tables.ts';

/** A deployment's facts, in the form of pricing. */
export interface SubscriptionHistory {
  deployment_id: string;
  tenant_id: string;
  facts: SubscriptionFact[];
}

type FactEvent = Exclude<DeploymentEvent, { type: 'DeploymentUpdated' }>;
type FactRow = Pick<
  Row<typeof subscriptionFacts>,
  'deployment_id' | 'tenant_id' | 'position' | 'event_id'
> & { effective_on: string } & FactEvent;

/**
 * The facts that decide what was in force in a period, for every deployment with a subscription that began by
 * the end of the period, in the order of deployment ids.
 * @param period any day of the month
 * @param atPosition only facts recorded up to this journal position
 * @param tenantId only the deployments of one tenant
 * @param unlessSteady without those that {@link steadyIn} finds
 */
export async function subscriptionHistories(
  db: Db,
  {
    period,
    atPosition,
    tenantId,
    unlessSteady = false,
  }: {
    period: string;
    atPosition?: number | undefined;
    tenantId?: string | undefined;
    unlessSteady?: boolean;
  },
): Promise<SubscriptionHistory[]> {
  const known = () => db`f.fact <> 'DeploymentUpdated'
    and (f.effective_on <= ${lastDay(period)}::date or f.fact = 'DeploymentCreated')
    ${atPosition === undefined ? db`` : db`and f.position <= ${atPosition}`}
    ${tenantId === undefined ? db`` : db`and f.tenant_id = ${tenantId}`}`;
  const rows = await db<FactRow[]>`
    select f.deployment_id, f.tenant_id, f.position, f.event_id, f.effective_on, f.fact as type, f.data
    from ${db(subscriptionFacts.ref)} f
    where ${known()} and f.deployment_id in (
      select f.deployment_id from ${db(subscriptionFacts.ref)} f
      where f.fact = 'SubscriptionStarted' and ${known()})
      ${
        unlessSteady
          ? db`and f.deployment_id not in (
        select deployment_id from (${steadyIn(db, period)}) s)`
          : db``
      }
    order by f.deployment_id, f.position`;
  const terms = await planTermsFor(
    db,
    rows.flatMap((row) =>
      row.type === 'SubscriptionStarted' || row.type === 'PlanVersionChanged' ? [row.data] : [],
    ),
  );
  const histories = new Map<string, SubscriptionHistory>();
  for (const row of rows) {
    const history = histories.get(row.deployment_id) ?? {
      deployment_id: row.deployment_id,
      tenant_id: row.tenant_id,
      facts: [],
    };
    histories.set(row.deployment_id, history);
    history.facts.push(factOf(row, terms));
  }
  return [...histories.values()];
}

function factOf(row: FactRow, terms: ReadonlyMap<string, PlanTerms>): SubscriptionFact {
  const dated = { day: row.effective_on, position: row.position, event_id: row.event_id };
  switch (row.type) {
    case 'DeploymentCreated':
      return { ...dated, day: BEFORE_ALL, type: 'deployment_state', state: row.data.state };
    case 'DeploymentTransitioned':
      return { ...dated, type: 'deployment_state', state: row.data.to };
    case 'SubscriptionStarted':
      return { ...dated, type: 'started', plan: termsOf(row.data, terms) };
    case 'PlanVersionChanged':
      return { ...dated, type: 'plan_changed', plan: termsOf(row.data, terms) };
    case 'AddonAttached': {
      const { attachment_id, code, resource_kind, qty, packs, price_cents } = row.data;
      return {
        ...dated,
        type: 'addon_attached',
        attachment_id,
        addon: { code, resource_kind, qty, packs, price_cents },
      };
    }
    case 'AddonDetached':
      return { ...dated, type: 'addon_detached', code: row.data.code };
    case 'SubscriptionPaused':
      return { ...dated, type: 'paused' };
    case 'SubscriptionResumed':
      return { ...dated, type: 'resumed' };
    case 'SubscriptionCancelled':
      return { ...dated, type: 'cancelled' };
  }
}

function termsOf(
  { plan_code, plan_version }: { plan_code: string; plan_version: number },
  terms: ReadonlyMap<string, PlanTerms>,
): PlanTerms {
  const found = terms.get(planKey(plan_code, plan_version));
  // A subscription only starts on a known version. If a version is missing all the same, only the month of
  // its tenant fails.
  return found ?? { plan_code, plan_version, base_price_cents: 0, currency: '', items: [], missing: true };
}
