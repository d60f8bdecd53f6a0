import { refuseField, Refused } from '../ledger/refusal.ts';
import { addMonths, monthOf, periodsBetween } from '../pricing/calendar.ts';

/** The most months of one answer. */
const mostMonths = 24;

const usualMonths = 12;

/** The first month that a date may be in. */
const firstMonth = '2000-01-01';

/**
 * The months from one to another, both included; by default the twelve that end with the last month that has
 * ended.
 * @throws {Refused} `invalid-input` naming `from`, where it is after `to` or too long before it
 */
export function monthsAsked(
  asked: { from?: string | undefined; to?: string | undefined },
  today: string,
): { from: string; to: string; periods: string[] } {
  const to = asked.to ?? addMonths(monthOf(today), -1);
  const usual = addMonths(to, 1 - usualMonths);
  const from = asked.from ?? (usual < firstMonth ? firstMonth : usual);
  if (from > to) throw new Refused(refuseField('from', `after \`to\`, which is ${to.slice(0, 7)}`));
  if (from <= addMonths(to, -mostMonths))
    throw new Refused(refuseField('from', `at most ${mostMonths} months up to \`to\`, ${to.slice(0, 7)}`));
  return { from, to, periods: periodsBetween(from, to) };
}
