import type { Db } from '../../src/database/db.ts';
import { lastSweeps, resources } from './tables.ts';

/** A resource with its size now, and its life: `alive_to` is null for one that is there. */
interface LivingRow {
  resource_id: string;
  kind: string;
  name: string;
  size_slug: string | null;
  alive_from: string;
  alive_to: string | null;
}

/** Whether the droplets were swept at least once: before that the mirror is empty. */
export async function dropletsWereSwept(db: Db): Promise<boolean> {
  const [row] = await db<{ swept: boolean }[]>`
    select exists (select 1 from ${db(lastSweeps.ref)} where kind = 'droplet') as swept`;
  return row?.swept === true;
}

/** The resources that were there at some time since an instant, placeholders left out. */
export async function livingSince(db: Db, since: string): Promise<LivingRow[]> {
  return db<LivingRow[]>`
    select id as resource_id, kind, name, size_slug, coalesce(created_at, first_seen_at) as alive_from,
      case when stale then last_sighted_at end as alive_to
    from ${db(resources.ref)}
    where not placeholder and (not stale or last_sighted_at > ${since})
    order by kind, id`;
}
