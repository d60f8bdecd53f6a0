/**
 * The quote engine (spec 8): what a plan with addons costs a month, in its first, partial month, and for a
 * usage. The month-end invoice is made of the same lines, so a quoted and an invoiced price are the same.
 */
import { dayOfMonth, daysInMonth, isValidDay, lastDay } from './calendar.ts';
import { addCents, totalOf } from './money.ts';
import { overageLines } from './overage-lines.ts';
import type { Share } from './proration.ts';
import { addonLine, planBaseLine, recurringPart, settleRecurring } from './recurring-lines.ts';
import { pricesInForce } from './resource-prices.ts';
import type { AddonTerms, Line, PlanTerms, ResourcePrice, Usage } from './types.ts';

export interface QuoteOptions {
  /** First day of the subscription. */
  readonly startsOn: string;
  /** All known resource prices, in the order in which they were set. */
  readonly prices: readonly ResourcePrice[];
  /** The month whose last day decides on resource prices; by default that of `startsOn`. */
  readonly period?: string;
}

/** Spec 16's quote without the plan's code, version and currency, which the caller knows. */
export interface Quote {
  recurring: { lines: Line[]; total_cents: number };
  first_invoice: { days_remaining: number; days_in_month: number; lines: Line[]; total_cents: number };
  overage: { lines: Line[]; total_cents: number };
  all_in_monthly_cents: number;
  unpriced: string[];
}

/**
 * Prices a plan with addons over a month's usage.
 * @throws RangeError for a day that does not exist, malformed or negative quantities, unknown units, and
 * amounts beyond the safe integers.
 */
export function quote(
  plan: PlanTerms,
  addons: readonly AddonTerms[],
  usage: Usage,
  options: QuoteOptions,
): Quote {
  const { startsOn, prices, period } = options;
  if (!isValidDay(startsOn)) throw new RangeError(`not a day: ${JSON.stringify(startsOn)}`);
  const length = daysInMonth(startsOn);
  const share = {
    days: length - dayOfMonth(startsOn) + 1,
    days_in_month: length,
    from: startsOn,
    to: lastDay(startsOn),
  };
  const recurring = [planBaseLine(plan), ...addons.map(addonLine)];
  const recurringCents = totalOf(recurring);
  const first = firstLines(plan, addons, share);
  const overage = overageLines({ plan, addons, portions: null }, usage, () =>
    pricesInForce(prices, lastDay(period ?? startsOn)),
  );
  return {
    recurring: { lines: recurring, total_cents: recurringCents },
    first_invoice: {
      days_remaining: share.days,
      days_in_month: length,
      lines: first,
      total_cents: totalOf(first),
    },
    overage: { lines: overage.lines.map(({ line }) => line), total_cents: overage.total_cents },
    all_in_monthly_cents: addCents(recurringCents, overage.total_cents),
    unpriced: overage.unpriced.map(({ resource_kind }) => resource_kind),
  };
}

/** The recurring lines for the days of the first month, as they stand on its invoice. */
function firstLines(plan: PlanTerms, addons: readonly AddonTerms[], share: Share): Line[] {
  const base = recurringPart(planBaseLine(plan), share);
  const parts = addons.map((addon) => recurringPart(addonLine(addon), share));
  settleRecurring([base], parts);
  return [base, ...parts].map(({ line }) => line);
}
