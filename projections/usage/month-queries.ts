import type { Db } from '../../src/database/db.ts';
import { usageMonths } from './tables.ts';

/** The months before one (first days) in which something was used, reported or charged, in order. */
export async function monthsWithUsage(db: Db, before: string): Promise<string[]> {
  // From month to month by the index: a month has a row for each of its tenants.
  const rows = await db<{ period: string }[]>`
    with recursive months as (
      select min(period) as period from ${db(usageMonths.ref)}
      union all
      select (select min(u.period) from ${db(usageMonths.ref)} u where u.period > m.period)
      from months m where m.period is not null)
    select period from months where period < ${before}::date order by period`;
  return rows.map(({ period }) => period);
}
