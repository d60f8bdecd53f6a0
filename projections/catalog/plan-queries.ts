import type { Db } from '../../src/database/db.ts';
import type { PlanItem } from '../../src/events/catalog.ts';
import type { PlanTerms } from '../../src/pricing/types.ts';
import { subscriptions } from '../deployments/tables.ts';
import { plans, planVersions } from './tables.ts';

/** A version of a plan in the API. */
export interface PlanVersionRow {
  plan_code: string;
  version: number;
  status: 'draft' | 'active' | 'retired';
  base_price_cents: number;
  currency: string;
  items: PlanItem[];
  published_at: string | null;
  retired_at: string | null;
}

/** A plan in the list: the terms of the active version, null if it has none. */
export interface PlanRow {
  code: string;
  name: string;
  active_version: number | null;
  base_price_cents: number | null;
  currency: string | null;
  items: PlanItem[] | null;
}

/** Versions of the tenant's subscriptions, cancelled ones left out. */
function heldBy(db: Db, tenantId: string) {
  return db`select s.plan_code, s.plan_version from ${db(subscriptions.ref)} s
    where s.tenant_id = ${tenantId} and s.status <> 'cancelled'`;
}

/**
 * Plans by code. A tenant sees plans with an active version and plans of its subscriptions.
 * @param tenantId null: an admin, who sees all
 */
export async function listPlans(
  db: Db,
  { tenantId, after, limit }: { tenantId: string | null; after: string | null; limit: number },
): Promise<PlanRow[]> {
  return db<PlanRow[]>`
    select p.code, p.name, p.active_version, v.base_price_cents, v.currency, v.items
    from ${db(plans.ref)} p
    left join ${db(planVersions.ref)} v on v.plan_code = p.code and v.version = p.active_version
    where true
      ${after === null ? db`` : db`and p.code > ${after}`}
      ${
        tenantId === null
          ? db``
          : db`and (p.active_version is not null
        or p.code in (select h.plan_code from (${heldBy(db, tenantId)}) h))`
      }
    order by p.code limit ${limit}`;
}

/**
 * A plan with its versions by number; null if the caller may see none.
 * @param tenantId limits them to the active one and those of the tenant's subscriptions; null: all, drafts
 * too
 */
export async function planWithVersions(
  db: Db,
  code: string,
  tenantId: string | null,
): Promise<{ code: string; name: string; active_version: number | null; versions: PlanVersionRow[] } | null> {
  const [plan] = await db<{ code: string; name: string; active_version: number | null }[]>`
    select code, name, active_version from ${db(plans.ref)} where code = ${code}`;
  if (!plan) return null;
  const versions = await db<PlanVersionRow[]>`
    select v.plan_code, v.version, v.status, v.base_price_cents, v.currency, v.items, v.published_at,
      v.retired_at
    from ${db(planVersions.ref)} v
    where v.plan_code = ${code}
      ${
        tenantId === null
          ? db``
          : db`and (v.status = 'active'
        or (v.plan_code, v.version) in (${heldBy(db, tenantId)}))`
      }
    order by v.version`;
  return tenantId !== null && versions.length === 0 ? null : { ...plan, versions: [...versions] };
}

/** The key of a plan version in maps. */
export const planKey = (planCode: string, version: number): string => JSON.stringify([planCode, version]);

/**
 * The terms of plan versions, by {@link planKey}. Terms never change once drafted, so they need no position.
 */
export async function planTermsFor(
  db: Db,
  refs: readonly { plan_code: string; plan_version: number }[],
): Promise<Map<string, PlanTerms>> {
  if (refs.length === 0) return new Map();
  const wanted = new Map(refs.map((ref) => [planKey(ref.plan_code, ref.plan_version), ref]));
  const rows = await db<(Omit<PlanTerms, 'items'> & { items: PlanItem[] })[]>`
    select v.plan_code, v.version as plan_version, p.name, v.base_price_cents, v.currency, v.items
    from ${db(planVersions.ref)} v join ${db(plans.ref)} p on p.code = v.plan_code
    where v.plan_code = any(${[...new Set(refs.map(({ plan_code }) => plan_code))]}::text[])`;
  return new Map(
    rows
      .map((row) => [planKey(row.plan_code, row.plan_version), row] as const)
      .filter(([key]) => wanted.has(key)),
  );
}
