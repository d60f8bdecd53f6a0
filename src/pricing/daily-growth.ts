import { addDays, dayOf, monthOf } from './calendar.ts';
import { multiplyDivideRound } from './money.ts';

/** The usage of the month so far at a snapshot, in cents. */
export interface UsageSnapshot {
  generated_at: string;
  month_to_date_usage_cents: number;
}

/** The growth of the last day against the days before it. Cents; null where it is not known. */
export interface DailyGrowth {
  /** UTC day of the last snapshot. */
  day: string;
  growth_cents: number | null;
  /** The median of the days before that have a growth, if there are enough. */
  median_cents: number | null;
  /** How many of the days before have a growth. */
  days: number;
}

/** How many days before the last one count. */
export const trailingDays = 14;
/** Fewer days than these make no median. */
const fewestDays = 3;

/**
 * How much the usage grew on the day of the last snapshot, and on the 14 days before. A day grows from the
 * last snapshot of the day before; the first day of a month from nothing. A day without a snapshot on it or
 * on the day before has no growth.
 * @param snapshots at least one, in any order
 */
export function dailyGrowth(snapshots: readonly UsageSnapshot[]): DailyGrowth | null {
  const lastOfDay = new Map<string, UsageSnapshot>();
  let day: string | null = null;
  for (const snapshot of snapshots) {
    const own = dayOf(snapshot.generated_at);
    const known = lastOfDay.get(own);
    if (known === undefined || known.generated_at <= snapshot.generated_at) lastOfDay.set(own, snapshot);
    if (day === null || own > day) day = own;
  }
  if (day === null) return null;
  const growthOn = (one: string): number | null => {
    const usage = lastOfDay.get(one)?.month_to_date_usage_cents;
    if (usage === undefined) return null;
    if (one === monthOf(one)) return usage;
    const before = lastOfDay.get(addDays(one, -1))?.month_to_date_usage_cents;
    return before === undefined ? null : usage - before;
  };
  const known: number[] = [];
  for (let back = 1; back <= trailingDays; back += 1) {
    const growth = growthOn(addDays(day, -back));
    if (growth !== null) known.push(growth);
  }
  const median_cents = known.length < fewestDays ? null : medianOf(known);
  return { day, growth_cents: growthOn(day), median_cents, days: known.length };
}

/** The middle of a list that is not empty; of two middles their mean, rounded half away from zero. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] as number;
  const high = sorted[sorted.length >> 1] as number;
  return multiplyDivideRound(low + high, 1, 2);
}
