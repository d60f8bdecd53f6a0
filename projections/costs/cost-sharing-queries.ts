import type { Db } from '../../src/database/db.ts';
import { noSharing, type CostSharing } from '../../src/pricing/cost-sharing.ts';
import { costSharing } from './tables.ts';

/** A rule as it was set. */
export interface CostSharingRow extends CostSharing {
  effective_from: string;
  recorded_at: string;
  position: number;
}

/** Every rule ever set, by day and order of setting. */
export async function listCostSharing(
  db: Db,
  { after, limit }: { after: readonly [effectiveFrom: string, position: number] | null; limit: number },
): Promise<CostSharingRow[]> {
  return db<CostSharingRow[]>`
    select rule, kinds, tax_is_cost, effective_from, recorded_at, position from ${db(costSharing.ref)}
    ${after === null ? db`` : db`where (effective_from, position) > (${after[0]}::date, ${after[1]}::bigint)`}
    order by effective_from, position limit ${limit}`;
}

/**
 * The rule in force on a day; `none` before the first.
 * @param knownAt ISO instant: only rules recorded by then
 */
export async function costSharingOn(db: Db, day: string, knownAt?: string): Promise<CostSharing> {
  const [row] = await db<CostSharing[]>`
    select rule, kinds, tax_is_cost from ${db(costSharing.ref)}
    where effective_from <= ${day}::date
      ${knownAt === undefined ? db`` : db`and recorded_at <= ${knownAt}::timestamptz`}
    order by effective_from desc, position desc limit 1`;
  return row ?? noSharing;
}
