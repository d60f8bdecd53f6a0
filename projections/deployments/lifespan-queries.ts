import type { Db } from '../../src/database/db.ts';
import { deployments } from './tables.ts';

/** When a deployment was created, and whether it is paused or ended now. */
export interface Lifespan {
  deployment_id: string;
  /** The UTC day of its creation. */
  created_on: string;
  at_rest: boolean;
}

/** The deployments that were created on a day or later, or are paused or ended now. */
export async function lifespansSince(
  db: Db,
  { fromDay, tenantId }: { fromDay: string; tenantId?: string | undefined },
): Promise<Lifespan[]> {
  const atRest = db`state in ('paused', 'cancelled', 'archived')`;
  return db<Lifespan[]>`
    select id as deployment_id, created_at::date as created_on, ${atRest} as at_rest
    from ${db(deployments.ref)}
    where (created_at >= ${fromDay}::date or ${atRest})
      ${tenantId === undefined ? db`` : db`and tenant_id = ${tenantId}`}`;
}
