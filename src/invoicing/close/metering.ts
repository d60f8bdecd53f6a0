import { firstTiedDay } from '../../../projections/inventory/tie-queries.ts';
import { completedDays } from '../../../projections/usage/metering-queries.ts';
import type { Db } from '../../database/db.ts';
import { addDays, daysFrom, lastDay } from '../../pricing/calendar.ts';
import { firstDayInForce, type FactsOfMonth } from '../facts-of-month.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/**
 * The days of the month that should be metered and are not. The schedule meters each day since the ledger
 * began; before that, days count from the first one with a subscription in force or a tied resource. Of the
 * running month only days that have ended count.
 */
export async function meteringItem(
  db: Db,
  { period, today, begins }: CloseScope,
  facts: FactsOfMonth,
): Promise<CloseItem> {
  const yesterday = addDays(today, -1);
  const last = lastDay(period) < yesterday ? lastDay(period) : yesterday;
  const first = earliest([
    begins === null || begins > period ? begins : period,
    firstDayInForce(period, facts),
    await firstTiedDay(db, period),
  ]);
  const days = first === null ? [] : daysFrom(first, last);
  const metered = new Set(await completedDays(db, days));
  const missing = days.filter((day) => !metered.has(day));
  return closeItem('metering', 'blocks', {
    count: missing.length,
    ok: `Every day of ${monthText(period)} that has ended and has something to meter is metered.`,
    detail:
      `${counted(missing.length, 'day is', 'days are')} not metered: ${firstNames(missing)}. ` +
      'Run job metering.day for each.',
    link: '/api/v1/jobs',
  });
}

const earliest = (days: readonly (string | null)[]): string | null =>
  days.reduce((first, day) => (first === null || (day !== null && day < first) ? day : first), null);
