import type { Db } from '../database/db.ts';
import { readJournal } from '../journal/read-journal.ts';
import { addDays, addMonths, dayOf, daysFrom, lastDay, periodsBetween } from '../pricing/calendar.ts';

/** The UTC day from which the schedule meters and invoices: the ledger's first event's; null without one. */
export async function watermarkBegins(db: Db): Promise<string | null> {
  const [first] = await readJournal(db, 0, 1);
  return first === undefined ? null : dayOf(first.metadata.recorded_at);
}

/** Every day from `first` on that has ended by `today`, oldest first. */
export function endedDays(first: string, today: string): string[] {
  return daysFrom(first, addDays(today, -1));
}

/** The first days of every month from that of `first` on that has ended by `today`, oldest first. */
export function endedMonths(first: string, today: string): string[] {
  return periodsBetween(first, addMonths(today, -1));
}

/** The days of a month (its first day) that are not before `first`, oldest first. */
export function daysSince(first: string, period: string): string[] {
  return daysFrom(first > period ? first : period, lastDay(period));
}
