import type { Db } from '../../database/db.ts';
import { recordedEvents } from '../read-journal.ts';

/**
 * ISO start of the last counted sweep in a range of streams; null without one. A kind has one stream a day,
 * named so that they sort by day: the index on streams finds the last sweep.
 * @param by ISO instant: later recordings are left out
 */
export async function lastCountedSweep(
  db: Db,
  { first, last }: { first: string; last: string },
  by: string,
): Promise<string | null> {
  const [row] = await db<{ started_at: string }[]>`
    select (data ->> 'started_at')::timestamptz as started_at from (${recordedEvents(db)}
    where stream >= ${first} and stream <= ${last}
      and type = 'SweepRecorded' and recorded_at <= ${by}::timestamptz and (data ->> 'counted')::boolean
    order by stream desc, revision desc limit 1) e`;
  return row?.started_at ?? null;
}
