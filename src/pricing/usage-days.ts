/** A month's usage day by day, beside what the month allows of it. */
import { allowanceOf } from './allowance.ts';
import { daysInMonth } from './calendar.ts';
import { addDecimals } from './money.ts';
import { segmentsOf, statusRunsOf, type Gap, type Segment, type StatusRun } from './segments.ts';

/** The usage of a billing kind on a day. Quantities are base units, exact. */
export interface UsedDay {
  day: string;
  qty: string;
  /** Whether it counts against the allowance. */
  in_force: boolean;
  /** What counts of the month up to this day. */
  so_far_qty: string;
}

/** A billing kind of a deployment over a month. */
export interface KindByDay {
  resource_kind: string;
  /** Of the days in force, as the invoice counts it. */
  used_qty: string;
  /** Of the whole month. */
  allowance_qty: string;
  /** Null: no cap. */
  hard_cap_qty: string | null;
  /** Days without a record are missing. */
  days: UsedDay[];
}

/** A deployment's month. */
export interface UsageMonth {
  /** All days of the month: in force, or not for one reason. */
  status: StatusRun[];
  /** By name: what was used, and what its plans and addons allow. */
  kinds: KindByDay[];
}

/**
 * What a deployment used on each day of a month, and what its terms allow of each kind.
 * @param runs all days of the month
 * @param used by kind and day, in the order of days, of one deployment
 * @param period first day of the month
 */
export function usageMonth(
  runs: readonly (Segment | Gap)[],
  used: readonly { resource_kind: string; day: string; qty: string }[],
  period: string,
): UsageMonth {
  const [status, segments] = [statusRunsOf(runs), segmentsOf(runs)];
  const inForce = (day: string): boolean =>
    status.some(({ from, to, reason }) => reason === null && from <= day && day <= to);
  const days = new Map<string, UsedDay[]>(allowedKinds(segments).map((kind) => [kind, []]));
  for (const { resource_kind, day, qty } of used) {
    const known = days.get(resource_kind);
    const [in_force, before] = [inForce(day), known?.at(-1)?.so_far_qty ?? '0'];
    const one = { day, qty, in_force, so_far_qty: in_force ? addDecimals(before, qty) : before };
    if (known === undefined) days.set(resource_kind, [one]);
    else known.push(one);
  }
  const kinds = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    status,
    kinds: kinds.map(([resource_kind, of]) => {
      const { allowance, hard_cap_qty } = allowanceOf(resource_kind, segments, daysInMonth(period));
      const used_qty = of.at(-1)?.so_far_qty ?? '0';
      return { resource_kind, used_qty, allowance_qty: allowance, hard_cap_qty, days: of };
    }),
  };
}

/** The kinds of the plans and addons of a month. */
function allowedKinds(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ terms }) => [
    ...terms.plan.items.map(({ resource_kind }) => resource_kind),
    ...terms.addons.map(({ addon }) => addon.resource_kind),
  ]);
}
