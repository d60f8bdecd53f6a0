import {
  completedLifecycleDays,
  firstLifecycleDay,
} from '../../../projections/deployments/lifecycle-queries.ts';
import type { Db } from '../../database/db.ts';
import { addDays, daysFrom, lastDay } from '../../pricing/calendar.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/**
 * Days of the month that have ended, and on which trials, late payers and recovered ones were not looked at.
 * Days before the first run ever are not missed.
 */
export async function lifecycleItem(
  db: Db,
  { period, today }: Pick<CloseScope, 'period' | 'today'>,
): Promise<CloseItem> {
  const first = await firstLifecycleDay(db);
  const yesterday = addDays(today, -1);
  const to = lastDay(period) < yesterday ? lastDay(period) : yesterday;
  const days = first === null ? [] : daysFrom(first > period ? first : period, to);
  const done = new Set(await completedLifecycleDays(db, days));
  const missing = days.filter((day) => !done.has(day));
  return closeItem('lifecycle', 'warns', {
    count: missing.length,
    ok:
      first === null
        ? 'Job lifecycle.day has not run yet: no day is missed.'
        : `Job lifecycle.day has run for each day of ${monthText(period)} that has ended.`,
    detail:
      `Job lifecycle.day has not run for ${counted(missing.length, 'day')}: ${firstNames(missing)}. ` +
      'Run it by hand: it makes them up in order.',
    link: '/api/v1/jobs',
  });
}
