// Who holds which version of a plan.
import type { Db } from '../../src/database/db.ts';
import { deployments, subscriptions } from '../deployments/tables.ts';
import { plans, planVersions } from './tables.ts';

/** A version of a plan, and what its holders come to. Subscriptions that were cancelled do not count. */
export interface HeldVersion {
  plan_code: string;
  plan_name: string;
  version: number;
  status: 'draft' | 'active' | 'retired';
  base_price_cents: number;
  currency: string;
  published_at: string | null;
  retired_at: string | null;
  subscriptions: number;
  /** Those that are billed today: neither paused nor in trial, and starting by today. */
  billed: number;
  tenants: number;
  /** The base prices of the billed ones for a whole month, before tax. */
  monthly_base_cents: number;
}

/** A subscription that holds a version of a plan. */
export interface PlanHolder {
  deployment_id: string;
  slug: string;
  display_name: string;
  tenant_id: string;
  state: string;
  plan_version: number;
  subscription_status: 'active' | 'paused';
  starts_on: string;
  billed: boolean;
  base_price_cents: number;
  /** It holds another version than the active one, which a new subscription would get. */
  grandfathered: boolean;
}

/** Whether a subscription `s` of a deployment `d` is billed on a day, by how both stand now. */
const isBilled = (db: Db, today: string) => db`(s.status = 'active' and s.starts_on <= ${today}::date
  and d.state in ('active', 'past_due', 'suspended'))`;

/** The place of a version in the list. */
export type VersionKey = readonly [planCode: string, version: number];

/**
 * Every version of every plan, or of one, drafts too: by plan, in the order of versions.
 * @param today the day on which subscriptions are billed
 */
export async function heldVersions(
  db: Db,
  {
    planCode,
    today,
    after,
    limit,
  }: { planCode?: string | undefined; today: string; after: VersionKey | null; limit: number },
): Promise<HeldVersion[]> {
  return db<HeldVersion[]>`
    select v.plan_code, p.name as plan_name, v.version, v.status, v.base_price_cents, v.currency,
      v.published_at, v.retired_at,
      count(s.deployment_id) as subscriptions,
      count(*) filter (where ${isBilled(db, today)}) as billed,
      count(distinct s.tenant_id) as tenants,
      v.base_price_cents * count(*) filter (where ${isBilled(db, today)}) as monthly_base_cents
    from ${db(planVersions.ref)} v
    join ${db(plans.ref)} p on p.code = v.plan_code
    left join ${db(subscriptions.ref)} s
      on s.plan_code = v.plan_code and s.plan_version = v.version and s.status <> 'cancelled'
    left join ${db(deployments.ref)} d on d.id = s.deployment_id
    where true
      ${planCode === undefined ? db`` : db`and v.plan_code = ${planCode}`}
      ${after === null ? db`` : db`and (v.plan_code, v.version) > (${after[0]}, ${after[1]}::bigint)`}
    group by v.plan_code, p.name, v.version, v.status, v.base_price_cents, v.currency, v.published_at,
      v.retired_at
    order by v.plan_code, v.version limit ${limit}`;
}

/** The place of a holder in the list. */
export type HolderKey = readonly [tenantId: string, deploymentId: string];

/**
 * The subscriptions to a plan, by tenant.
 * @param version only holders of this one
 * @param today the day on which they are billed
 */
export async function planHolders(
  db: Db,
  {
    planCode,
    version,
    today,
    after,
    limit,
  }: {
    planCode: string;
    version?: number | undefined;
    today: string;
    after: HolderKey | null;
    limit: number;
  },
): Promise<PlanHolder[]> {
  return db<PlanHolder[]>`
    select s.deployment_id, d.slug, d.display_name, s.tenant_id, d.state, s.plan_version,
      s.status as subscription_status, s.starts_on, ${isBilled(db, today)} as billed, v.base_price_cents,
      p.active_version is distinct from s.plan_version as grandfathered
    from ${db(subscriptions.ref)} s
    join ${db(deployments.ref)} d on d.id = s.deployment_id
    join ${db(plans.ref)} p on p.code = s.plan_code
    join ${db(planVersions.ref)} v on v.plan_code = s.plan_code and v.version = s.plan_version
    where s.plan_code = ${planCode} and s.status <> 'cancelled'
      ${version === undefined ? db`` : db`and s.plan_version = ${version}`}
      ${after === null ? db`` : db`and (s.tenant_id, s.deployment_id) > (${after[0]}, ${after[1]})`}
    order by s.tenant_id, s.deployment_id limit ${limit}`;
}
