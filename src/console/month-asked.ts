import { addMonths, isValidPeriod, monthOf, normalisePeriod } from '../pricing/calendar.ts';

/** The month of a page: by default the last one that has ended. A text that is no month stays as it is. */
export function monthAsked(period: string | undefined, today: string): string {
  const asked = period ?? addMonths(monthOf(today), -1);
  return isValidPeriod(asked) ? normalisePeriod(asked) : asked;
}

/** Whether the API has figures of a month: it is one, and has begun. */
export const isKnownMonth = (period: string, today: string): boolean =>
  isValidPeriod(period) && period <= monthOf(today);
