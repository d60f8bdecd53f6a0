import { sweepStream } from '../../commands/inventory/sweep.ts';
import { endOf } from '../../projections/deployments/as-of.ts';
import type { AsOf } from '../../projections/deployments/as-of.ts';
import { sweptKinds } from '../../projections/inventory/resource-queries.ts';
import type { Db } from '../database/db.ts';

/**
 * When the last counted sweep of a resource's kind began, as of a past moment; null when none had counted
 * since `since`.
 * @param since ISO instant of the last sighting: an earlier sweep says nothing more
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
  // A stream a day, named so that they sort by day: the index finds the last one.
  const [row] = await db<{ started_at: string }[]>`
    select (data ->> 'started_at')::timestamptz as started_at from journal
    where stream >= ${sweepStream(swept, since.slice(0, 10))} and stream <= ${sweepStream(swept, by.slice(0, 10))}
      and type = 'SweepRecorded' and recorded_at <= ${by}::timestamptz and (data ->> 'counted')::boolean
    order by stream desc, revision desc limit 1`;
  return row?.started_at ?? null;
}
