import type { Db } from '../../src/database/db.ts';
import { resourceOwners, resourceTies } from './tables.ts';

/** A resource on a day. */
export interface ResourceDay {
  resource_id: string;
  /** `YYYY-MM-DD` */
  day: string;
}

/** Whose a resource was at the end of a day (spec 12). */
export interface Attribution extends ResourceDay {
  tenant_id: string;
  /** The deployment it was tied to; null when the tenant is the resource's own. */
  deployment_id: string | null;
}

/**
 * For each resource and day, whose it was at the day's end: the tenant of the deployment it was tied to, else its own
 * tenant then; before anybody was known as its owner, the first one known (a project walk's word before the fallback
 * that a sweep gave it). A resource that nobody knows has no answer. One answer for a pair named twice.
 */
export async function attributionOnDay(db: Db, pairs: readonly ResourceDay[]): Promise<Attribution[]> {
  if (pairs.length === 0) return [];
  return db<Attribution[]>`
    with pairs as (
      select distinct p.resource_id, p.day::date as day
      from unnest(${pairs.map((pair) => pair.resource_id)}::text[], ${pairs.map((pair) => pair.day)}::text[]) as p(resource_id, day)
    )
    select p.resource_id, p.day, t.deployment_id, coalesce(t.tenant_id, then_owner.tenant_id, first_owner.tenant_id) as tenant_id
    from pairs p
    left join ${db(resourceTies.ref)} t on t.resource_id = p.resource_id
      and t.effective_from <= p.day and (t.effective_to is null or t.effective_to > p.day)
    left join lateral (
      select o.tenant_id from ${db(resourceOwners.ref)} o
      where o.resource_id = p.resource_id and o.at < p.day + 1
      order by o.at desc, o.position desc limit 1
    ) then_owner on true
    left join lateral (
      select o.tenant_id from ${db(resourceOwners.ref)} o
      where o.resource_id = p.resource_id
      order by o.provisional, o.at, o.position limit 1
    ) first_owner on true
    where coalesce(t.tenant_id, then_owner.tenant_id, first_owner.tenant_id) is not null
    order by p.resource_id, p.day`;
}
