import type { Db } from '../database/db.ts';
import { readJournal } from '../journal/read-journal.ts';
import { addDays, addMonths, dayOf, daysFrom, lastDay, periodsBetween } from '../pricing/calendar.ts';

/**
 * The UTC day from which the schedule meters and invoices: that of the ledger's first event; null for an
 * empty ledger. It is derived from the journal: it needs no setting, and a rebuild can't lose it.
 */
export async function watermarkBegins(db: Db): Promise<string | null> {
  const [first] = await readJournal(db, 0, 1);
  return first === undefined ? null : dayOf(first.metadata.recorded_at);
}

/** Every day from `first` on that has ended by `today`, oldest first. */
export function endedDays(first: string, today: string): string[] {
  return daysFrom(first, addDays(today, -1));
}

/**
 * Every month from the one that `first` is in that has ended by `today`, as first days, oldest first: the
 * first one may be a part.
 */
export function endedMonths(first: string, today: string): string[] {
  return periodsBetween(first, addMonths(today, -1));
}

/** The days of a month (its first day) that are not before `first`, oldest first. */
export function daysSince(first: string, period: string): string[] {
  return daysFrom(first > period ? first : period, lastDay(period));
}
