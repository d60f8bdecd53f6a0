import type { Db } from '../../src/database/db.ts';
import { lastSweeps, resources, resourceStates } from './tables.ts';

/** A resource and its life: `alive_to` is null for one that is there. */
interface LivingRow {
  resource_id: string;
  kind: string;
  name: string;
  alive_from: string;
  alive_to: string | null;
  /** The sizes of a droplet, each from when it was first seen until the next; empty for other kinds. */
  sizes: { at: string; size_slug: string | null }[];
}

/** Whether the droplets were swept at least once: before that the mirror is empty. */
export async function dropletsWereSwept(db: Db): Promise<boolean> {
  const [row] = await db<{ swept: boolean }[]>`
    select exists (select 1 from ${db(lastSweeps.ref)} where kind = 'droplet') as swept`;
  return row?.swept === true;
}

/** The resources that were there at some time since an instant, placeholders left out. */
export async function livingSince(db: Db, since: string): Promise<LivingRow[]> {
  const rows = await db<Omit<LivingRow, 'sizes'>[]>`
    select id as resource_id, kind, name, coalesce(created_at, first_seen_at) as alive_from,
      case when stale then last_sighted_at end as alive_to
    from ${db(resources.ref)}
    where not placeholder and (not stale or last_sighted_at > ${since})
    order by kind, id`;
  const states = await db<{ resource_id: string; at: string; size_slug: string | null }[]>`
    select s.resource_id, s.at, s.size_slug
    from ${db(resourceStates.ref)} s join ${db(resources.ref)} r on r.id = s.resource_id
    where r.kind = 'droplet' and not s.gone and (not r.stale or r.last_sighted_at > ${since})
    order by s.resource_id, s.at, s.position`;
  const sizesOf = new Map<string, LivingRow['sizes']>();
  for (const { resource_id, at, size_slug } of states) {
    const sizes = sizesOf.get(resource_id);
    if (sizes === undefined) sizesOf.set(resource_id, [{ at, size_slug }]);
    else if (sizes.at(-1)?.size_slug !== size_slug) sizes.push({ at, size_slug });
  }
  return rows.map((row) => ({ ...row, sizes: sizesOf.get(row.resource_id) ?? [] }));
}
