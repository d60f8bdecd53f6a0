import type { Db, Fragment } from '../../src/database/db.ts';
import { resourceOwners, resources, resourceTies } from './tables.ts';
import type { HeldRange } from './tie-history.ts';

/** A resource on a day. */
export interface ResourceDay {
  resource_id: string;
  /** `YYYY-MM-DD` */
  day: string;
}

/** What was known of resources at a past moment. */
export interface KnownOwnership {
  /** ISO instant: own tenants count as far as they were recorded by then. */
  at: string;
  /** The ties that were known then, in place of the present ones. */
  ties: readonly (HeldRange & { resource_id: string })[];
}

/** The owner of a resource at the end of a day (spec 12). */
export interface Attribution extends ResourceDay {
  tenant_id: string;
  /** The deployment of its tie; null if the tenant is that of the resource itself. */
  deployment_id: string | null;
}

/**
 * For each resource and day, the owner at the end of the day: the tenant of the deployment to which it was
 * tied, else its own tenant then. Before its first known owner, that first one counts (the owner from a
 * project walk before the fallback of a sweep). An unknown resource has no answer. A pair that is named twice
 * has one answer.
 * @param known by what was known at a past moment; default: by all that is known now
 */
export async function attributionOnDay(
  db: Db,
  pairs: readonly ResourceDay[],
  known?: KnownOwnership,
): Promise<Attribution[]> {
  if (pairs.length === 0) return [];
  const recorded = known === undefined ? db`` : db`and o.at <= ${known.at}::timestamptz`;
  return db<Attribution[]>`
    with pairs as (
      select distinct p.resource_id, p.day::date as day
      from unnest(${pairs.map((pair) => pair.resource_id)}::text[],
        ${pairs.map((pair) => pair.day)}::text[]) as p(resource_id, day)
    )
    select p.resource_id, p.day, t.deployment_id,
      coalesce(t.tenant_id, then_owner.tenant_id, first_owner.tenant_id) as tenant_id
    from pairs p
    left join ${known === undefined ? db`${db(resourceTies.ref)}` : tiesAsRows(db, known.ties)} t
      on t.resource_id = p.resource_id
      and t.effective_from <= p.day and (t.effective_to is null or t.effective_to > p.day)
    left join lateral (
      select o.tenant_id from ${db(resourceOwners.ref)} o
      where o.resource_id = p.resource_id and o.at < p.day + 1 ${recorded}
      order by o.at desc, o.position desc limit 1
    ) then_owner on true
    left join lateral (
      select o.tenant_id from ${db(resourceOwners.ref)} o
      where o.resource_id = p.resource_id ${recorded}
      order by o.provisional, o.at, o.position limit 1
    ) first_owner on true
    where coalesce(t.tenant_id, then_owner.tenant_id, first_owner.tenant_id) is not null
    order by p.resource_id, p.day`;
}

/** A tie in force at the end of a day: the rule that made it, null where it was made by hand. */
export interface TieOnDay extends ResourceDay {
  rule_by: 'project' | 'source' | null;
  /** The project, or the droplet or volume that the resource was taken of. */
  rule_of: string | null;
}

/** The ties of resources at the end of days, each pair of {@link attributionOnDay} that has one. */
export async function tiesOnDay(db: Db, pairs: readonly ResourceDay[]): Promise<TieOnDay[]> {
  if (pairs.length === 0) return [];
  return db<TieOnDay[]>`
    select distinct p.resource_id, p.day::date as day, t.rule_by, t.rule_of
    from unnest(${pairs.map((pair) => pair.resource_id)}::text[],
      ${pairs.map((pair) => pair.day)}::text[]) as p(resource_id, day)
    join ${db(resourceTies.ref)} t on t.resource_id = p.resource_id
      and t.effective_from <= p.day::date and (t.effective_to is null or t.effective_to > p.day::date)`;
}

/** What a resource is called now. */
export interface NamedResource {
  id: string;
  provider_id: string;
  kind: string;
  name: string;
}

/** The names of resources, by id; unknown ones are left out. */
export async function namesOfResources(db: Db, ids: readonly string[]): Promise<Map<string, NamedResource>> {
  if (ids.length === 0) return new Map();
  const rows = await db<NamedResource[]>`
    select id, provider_id, kind, name from ${db(resources.ref)}
    where id = any(${[...new Set(ids)]}::text[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

function tiesAsRows(db: Db, ties: KnownOwnership['ties']): Fragment {
  const texts = (value: (tie: KnownOwnership['ties'][number]) => string | null) =>
    db`${ties.map(value)}::text[]`;
  return db`(
    select tie.resource_id, tie.deployment_id, tie.tenant_id, tie.effective_from::date, tie.effective_to::date
    from unnest(${texts((tie) => tie.resource_id)}, ${texts((tie) => tie.deployment_id)},
      ${texts((tie) => tie.tenant_id)}, ${texts((tie) => tie.effective_from)},
      ${texts((tie) => tie.effective_to)})
      as tie(resource_id, deployment_id, tenant_id, effective_from, effective_to))`;
}
