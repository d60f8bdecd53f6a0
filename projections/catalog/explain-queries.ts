import type { Db } from '../../src/database/db.ts';
import type { ResourcePrice } from '../../src/pricing/types.ts';
import { planKey } from './plan-queries.ts';
import { planVersions, resourcePrices } from './tables.ts';

/** The journal positions of the events that drafted plan versions, by `planKey`. */
export async function draftPositions(
  db: Db,
  refs: readonly { plan_code: string; plan_version: number }[],
): Promise<Map<string, number>> {
  if (refs.length === 0) return new Map();
  const rows = await db<{ plan_code: string; version: number; position: number }[]>`
    select v.plan_code, v.version, v.position from ${db(planVersions.ref)} v
    where (v.plan_code, v.version) in (select * from unnest(
      ${refs.map(({ plan_code }) => plan_code)}::text[],
      ${refs.map(({ plan_version }) => plan_version)}::bigint[]))`;
  return new Map(rows.map(({ plan_code, version, position }) => [planKey(plan_code, version), position]));
}

/**
 * The prices of some kinds that can matter on a day, in the order in which they were set, with the positions
 * of their events, as `pricesInForce` takes them.
 * @param atPosition only those recorded up to this journal position
 */
export async function pricesWithPositions(
  db: Db,
  { kinds, onDay, atPosition }: { kinds: readonly string[]; onDay: string; atPosition: number },
): Promise<(ResourcePrice & { position: number })[]> {
  if (kinds.length === 0) return [];
  return db<(ResourcePrice & { position: number })[]>`
    select resource_kind, unit, price_cents, effective_from, position from ${db(resourcePrices.ref)}
    where resource_kind = any(${[...kinds]}::text[]) and effective_from <= ${onDay}::date
      and position <= ${atPosition}
    order by position`;
}
