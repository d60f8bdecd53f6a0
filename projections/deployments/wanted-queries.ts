import type { Db } from '../../src/database/db.ts';
import type { WantedSpec } from '../../src/events/catalog.ts';
import { drift, resources, resourceTies, specs } from '../inventory/tables.ts';
import { deployments, wantedSpecs } from './tables.ts';

/** A live resource of a deployment whose template wants resources. */
export interface FollowingResource {
  deployment_id: string;
  id: string;
  kind: string;
  size_slug: string | null;
  region: string | null;
  /** The fields that its own spec has. */
  own_fields: string[];
}

/** What drift is looked for in. */
export interface DriftScope {
  /** Ids of resources with a spec of their own or an open finding. */
  judged: string[];
  /** By deployment, those that have not ended. */
  wanted: Map<string, WantedSpec[]>;
  /** In the order in which they were tied. */
  following: FollowingResource[];
}

/**
 * All that a sweep for drift compares, however many resources there are, in three statements.
 * @param today the UTC day whose ties count
 */
export async function driftScope(db: Db, today: string): Promise<DriftScope> {
  const judged = await db<{ id: string }[]>`
    select s.resource_id as id from ${db(specs.ref)} s join ${db(resources.ref)} r on r.id = s.resource_id
    where not r.stale
    union
    select d.resource_id from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id
    left join ${db(specs.ref)} s on s.resource_id = d.resource_id
    where d.status = 'open' and (not r.stale or s.spec is null or not jsonb_exists(s.spec, d.field))
    order by id`;
  const rows = await db<(WantedSpec & { deployment_id: string })[]>`
    select w.deployment_id, w.kind, w.size_slug, w.region, w.count
    from ${db(wantedSpecs.ref)} w join ${db(deployments.ref)} d on d.id = w.deployment_id
    where d.state not in ('cancelled', 'archived') order by w.deployment_id, w.place`;
  const wanted = new Map<string, WantedSpec[]>();
  for (const { deployment_id, ...spec } of rows)
    wanted.set(deployment_id, [...(wanted.get(deployment_id) ?? []), spec]);
  return { judged: judged.map(({ id }) => id), wanted, following: await followingResources(db, today) };
}

/** The live resources of deployments with wanted ones, but for those that are wanted beside a template. */
function followingResources(db: Db, today: string): Promise<FollowingResource[]> {
  return db<FollowingResource[]>`
    select t.deployment_id, r.id, r.kind, r.size_slug, r.region, ${ownFields(db)} as own_fields
    from ${db(resourceTies.ref)} t join ${db(resources.ref)} r on r.id = t.resource_id
    left join ${db(specs.ref)} s on s.resource_id = r.id
    where t.deployment_id in (select deployment_id from ${db(wantedSpecs.ref)})
      and t.effective_from <= ${today}::date and (t.effective_to is null or t.effective_to > ${today}::date)
      and not r.stale and (s.spec is null or not jsonb_exists(s.spec, 'count'))
    order by t.deployment_id, t.effective_from, r.id`;
}

/** The fields that a template could want of a resource and that its own spec `s` has. */
export const ownFields = (db: Db) =>
  db`array(select f from unnest(array['size_slug', 'region']) f where jsonb_exists(s.spec, f))`;
