import type { Db } from '../../src/database/db.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { resources, resourceStates, resourceTies } from './tables.ts';

/** A tied resource as it was at the end of a day: what one day of metering is made from (spec 9). */
export interface TiedResource {
  deployment_id: string;
  tenant_id: string;
  resource_id: string;
  /** The resource's kind (`droplet`, `snapshot`, …), not the billing kind. */
  kind: string;
  name: string;
  status: string;
  /** Exact decimal GB; null where the kind has no size or the provider gives none. */
  size_gb: string | null;
  /** First day of the tie. */
  effective_from: string;
}

/**
 * Every tie in force at the end of a UTC day, with the state of the resource at that time. For days before
 * the first sighting the first sighted state counts, back to the creation of the resource (unknown: back to
 * the first day of the tie). A resource that was gone or not there yet is left out. Ordered by deployment and
 * resource.
 * @param day `YYYY-MM-DD`
 * @param deploymentIds limits the answer to these deployments
 */
export async function tiedResourcesOnDay(
  db: Db,
  day: string,
  deploymentIds?: readonly string[],
): Promise<TiedResource[]> {
  const rows = await db<TiedResource[]>`
    with tied as (
      select t.deployment_id, t.tenant_id, t.resource_id, t.effective_from
      from ${db(resourceTies.ref)} t
      where t.effective_from <= ${day}::date and (t.effective_to is null or t.effective_to > ${day}::date)
        ${deploymentIds === undefined ? db`` : db`and t.deployment_id = any(${[...deploymentIds]}::text[])`}
    ), ranked as (
      select tied.*, s.kind, s.name, s.status, s.size_gb, s.gone, s.created_at,
        s.at < (${day}::date + 1) as sighted,
        row_number() over (
          partition by tied.resource_id, tied.deployment_id
          order by s.at < (${day}::date + 1) desc,
            case when s.at < (${day}::date + 1) then s.at end desc nulls last,
            case when s.at < (${day}::date + 1) then s.position end desc nulls last,
            s.at, s.position
        ) as place
      from tied join ${db(resourceStates.ref)} s on s.resource_id = tied.resource_id
    )
    select deployment_id, tenant_id, resource_id, kind, name, status, size_gb, effective_from
    from ranked
    where place = 1 and not gone and (sighted or created_at is null or created_at < (${day}::date + 1))
    order by deployment_id, resource_id`;
  return rows.map((row) => ({
    ...row,
    size_gb: row.size_gb === null ? null : canonicalDecimal(row.size_gb),
  }));
}

/**
 * The deployments that have a resource of one of the kinds on a day or later.
 * @param kinds inventory kinds
 */
export async function deploymentsTied(
  db: Db,
  { fromDay, kinds, tenantId }: { fromDay: string; kinds: readonly string[]; tenantId?: string | undefined },
): Promise<string[]> {
  const rows = await db<{ deployment_id: string }[]>`
    select distinct t.deployment_id
    from ${db(resourceTies.ref)} t join ${db(resources.ref)} r on r.id = t.resource_id
    where (t.effective_to is null or t.effective_to > ${fromDay}::date)
      and r.kind = any(${[...kinds]}::text[])
      ${tenantId === undefined ? db`` : db`and t.tenant_id = ${tenantId}`}`;
  return rows.map(({ deployment_id }) => deployment_id);
}
