import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { resourceTies } from './tables.ts';

/**
 * The first day of a month on which a resource was tied to a deployment; null: there is none.
 * @param period first day of the month
 */
export async function firstTiedDay(db: Db, period: string): Promise<string | null> {
  const [row] = await db<{ day: string | null }[]>`
    select greatest(min(effective_from), ${period}::date) as day from ${db(resourceTies.ref)}
    where effective_from <= ${lastDay(period)}::date
      and (effective_to is null or effective_to > greatest(effective_from, ${period}::date))
    having count(*) > 0`;
  return row?.day ?? null;
}
