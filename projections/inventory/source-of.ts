import type { Db, Fragment } from '../../src/database/db.ts';

/**
 * The kind of what a backup or snapshot `r` was taken of: a backup's is a droplet, a snapshot's as the
 * provider says. Where it says nothing (an imported snapshot), the form of the source's id decides, a number
 * for droplets and a uuid for volumes. Null for other kinds and other ids.
 */
export function sourceKind(db: Db): Fragment {
  return db`case r.kind
    when 'droplet_backup' then 'droplet'
    when 'snapshot' then coalesce(
      lower(nullif(r.attrs ->> 'resource_type', '')),
      case when r.attrs ->> 'resource_id' ~ '^[1-9][0-9]*$' then 'droplet'
        when r.attrs ->> 'resource_id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then 'volume'
      end) end`;
}

/** The provider's id of what a backup or snapshot `r` was taken of; null where it is not named. */
export function sourceId(db: Db): Fragment {
  return db`case r.kind
    when 'droplet_backup' then r.attrs ->> 'droplet_id'
    when 'snapshot' then r.attrs ->> 'resource_id' end`;
}

/** Whether resource `s` is the droplet or volume that backup or snapshot `r` was taken of. */
export function isSource(db: Db): Fragment {
  return db`s.provider = r.provider and s.kind = ${sourceKind(db)} and s.provider_id = ${sourceId(db)}`;
}
