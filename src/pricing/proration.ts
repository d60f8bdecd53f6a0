/** Charging part of a month (spec 11): amount × days in force / days in the month, rounded once per line. */
import { multiplyDivideRound } from './money.ts';
import type { DayRange } from './segments.ts';

/**
 * The days of a month that a recurring line is charged for. A full month has `days` equal to `days_in_month`.
 */
export interface Share extends DayRange {
  readonly days: number;
  readonly days_in_month: number;
}

/**
 * The part of a monthly amount, in cents.
 * @throws RangeError when the days do not lie within the month.
 */
export function prorate(amountCents: number, share: Share): number {
  if (share.days < 0 || share.days > share.days_in_month) {
    throw new RangeError(`${share.days} days do not fit a month of ${share.days_in_month}`);
  }
  return multiplyDivideRound(amountCents, share.days, share.days_in_month);
}
