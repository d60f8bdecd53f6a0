import type { Db } from '../../src/database/db.ts';
import { resources } from './tables.ts';

/** A bucket that is not gone. */
export interface LiveBucket {
  /** Of the resource. */
  id: string;
  /** At the provider, where it identifies the bucket. */
  name: string;
  /** Null where the provider does not name it. */
  region: string | null;
}

/** The buckets that no three sweeps in a row have missed. */
export function liveBuckets(db: Db): Promise<LiveBucket[]> {
  return db<LiveBucket[]>`
    select id, provider_id as name, region from ${db(resources.ref)}
    where kind = 'spaces_bucket' and not stale order by provider_id, id`;
}
