import type { Db } from '../../src/database/db.ts';
import { usageMonths } from './tables.ts';

/** The months before one (first days) in which something was used, reported or charged, in order. */
export async function monthsWithUsage(db: Db, before: string): Promise<string[]> {
  const rows = await db<{ period: string }[]>`
    select distinct period from ${db(usageMonths.ref)} where period < ${before}::date order by period`;
  return rows.map(({ period }) => period);
}
