import type { Db, Fragment } from '../../src/database/db.ts';
import { resources, resourceStates, resourceTies } from './tables.ts';

/** A resource as it was at the end of a month. */
export interface ResourceAtEnd {
  resource_id: string;
  kind: string;
  name: string;
  status: string;
  size_gb: string | null;
  gone: boolean;
  /** What a snapshot or backup was taken of is not in the account; false where it is not named. */
  is_source_gone: boolean;
}

/**
 * Resources as they were at the end of a month; one that was first seen later is as it was then.
 * @param period first day of the month
 */
export async function resourcesAtEnd(
  db: Db,
  resourceIds: readonly string[],
  period: string,
): Promise<ResourceAtEnd[]> {
  if (resourceIds.length === 0) return [];
  return db<ResourceAtEnd[]>`
    select r.id as resource_id, r.kind, r.name, s.status, s.size_gb, s.gone,
      r.source_id is not null and not exists (
        select from ${db(resources.ref)} s
        join lateral ${stateAtEnd(db, db`s.id`, period)} held on not held.gone
        where s.id = r.source_id) as is_source_gone
    from ${db(resources.ref)} r
    join lateral ${stateAtEnd(db, db`r.id`, period)} s on true
    where r.id = any(${[...new Set(resourceIds)]}::text[])
    order by r.id`;
}

/** A tie of a month's last day to a resource that was gone then. */
export interface GoneTie {
  deployment_id: string;
  tenant_id: string;
  resource_id: string;
  name: string;
  kind: string;
}

/**
 * The ties of a month's last day whose resources were gone at its end, by deployment and resource.
 * @param period first day of the month
 */
export async function goneTies(db: Db, period: string): Promise<GoneTie[]> {
  return db<GoneTie[]>`
    select t.deployment_id, t.tenant_id, t.resource_id, r.name, r.kind
    from ${db(resourceTies.ref)} t
    join ${db(resources.ref)} r on r.id = t.resource_id
    join lateral ${stateAtEnd(db, db`r.id`, period)} s on s.gone
    where t.effective_from < ${endOf(db, period)}
      and (t.effective_to is null or t.effective_to >= ${endOf(db, period)})
    order by t.deployment_id, t.resource_id`;
}

const endOf = (db: Db, period: string): Fragment => db`(${period}::date + interval '1 month')::date`;

/** The last state by the end of the month, else the first one. */
function stateAtEnd(db: Db, resourceId: Fragment, period: string): Fragment {
  const isThen = db`at < (${endOf(db, period)})::timestamp at time zone 'UTC'`;
  return db`(
    select status, size_gb, gone from ${db(resourceStates.ref)}
    where resource_id = ${resourceId}
    order by ${isThen} desc, case when ${isThen} then position end desc, position
    limit 1)`;
}
