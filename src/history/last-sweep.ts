import { sweepStream } from '../../commands/inventory/sweep.ts';
import { endOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import { sweptKinds } from '../../projections/inventory/resource-queries.ts';
import type { Db } from '../database/db.ts';
import { lastCountedSweep } from '../journal/find/last-counted-sweep.ts';

/**
 * When the last counted sweep of a resource's kind began, as of a past moment; null without one since
 * `since`.
 * @param since ISO instant of the last sighting
 * @param now ISO instant
 */
export async function lastSweepAsOf(
  db: Db,
  kind: string,
  since: string,
  { as_of, known_at }: AsOf,
  now: string,
): Promise<string | null> {
  const by = [as_of, known_at]
    .flatMap((moment) => (moment === undefined ? [] : [endOf(moment)]))
    .reduce((earliest, moment) => (moment < earliest ? moment : earliest), now);
  const swept = (sweptKinds as readonly string[]).includes(kind) ? kind : 'project';
  const streams = {
    first: sweepStream(swept, since.slice(0, 10)),
    last: sweepStream(swept, by.slice(0, 10)),
  };
  return lastCountedSweep(db, streams, by);
}
