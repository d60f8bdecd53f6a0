import { completedMonths } from '../../../projections/invoicing/rollup-queries.ts';
import { monthsWithUsage } from '../../../projections/usage/month-queries.ts';
import type { Db } from '../../database/db.ts';
import { addMonths, monthOf, periodsBetween } from '../../pricing/calendar.ts';
import { firstDayInForce, firstStart, type FactsOfMonth } from '../facts-of-month.ts';
import { closeItem, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/**
 * Earlier months that may have something to bill and are not rolled up: a month is issued after those before
 * it. A month has something to bill where a subscription was in force on one of its days, or something was
 * used or charged.
 */
export async function lastMonthItem(
  db: Db,
  { period }: Pick<CloseScope, 'period'>,
  facts: FactsOfMonth,
): Promise<CloseItem> {
  const used = new Set(await monthsWithUsage(db, period));
  const started = firstStart(facts);
  const first = [...used, ...(started === null ? [] : [monthOf(started)])].sort()[0] ?? period;
  const months = periodsBetween(first, addMonths(period, -1));
  const closed = new Set(await completedMonths(db, months));
  const open = months.filter(
    (month) => !closed.has(month) && (used.has(month) || firstDayInForce(month, facts) !== null),
  );
  const oldest = monthText(open[0] ?? period);
  return closeItem('last_month', 'blocks', {
    count: open.length,
    ok: `Every month before ${monthText(period)} that has something to bill is closed.`,
    detail: `${counted(open.length, 'earlier month')} not closed; the oldest is ${oldest}. Close it first.`,
    link: `/api/v1/invoices/close?period=${oldest}`,
  });
}
