import type { Db } from '../../src/database/db.ts';
import { resources } from './tables.ts';

/** A resource with its size now, and its life: `alive_to` is null for one that is there. */
interface LivingRow {
  resource_id: string;
  kind: string;
  name: string;
  size_slug: string | null;
  alive_from: string;
  alive_to: string | null;
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
