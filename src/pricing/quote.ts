/**
 * The quote engine (spec 8): what a plan with addons costs a month, in its first, partial month, and for a usage.
 * The month-end invoice is made of the same lines, so a quoted and an invoiced price cannot disagree.
 */
import { dayOfMonth, daysInMonth, isValidDay, lastDay } from './calendar.ts';
import { addCents, totalOf } from './money.ts';
import { overageLines } from './overage-lines.ts';
import type { Share } from './proration.ts';
import { addonLine, planBaseLine } from './recurring-lines.ts';
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
 * @throws RangeError for a day that does not exist, malformed or negative quantities, unknown units, and amounts
 * beyond the safe integers.
 */
export function quote(plan: PlanTerms, addons: readonly AddonTerms[], usage: Usage, options: QuoteOptions): Quote {
  const { startsOn, prices, period } = options;
  if (!isValidDay(startsOn)) throw new RangeError(`not a day: ${JSON.stringify(startsOn)}`);
  const length = daysInMonth(startsOn);
  const share = { days: length - dayOfMonth(startsOn) + 1, days_in_month: length };
  const recurring = recurringLines(plan, addons, null);
  const recurringCents = totalOf(recurring);
  const first = recurringLines(plan, addons, share);
  const overage = overageLines(plan, addons, usage, () => pricesInForce(prices, lastDay(period ?? startsOn)));
  return {
    recurring: { lines: recurring, total_cents: recurringCents },
    first_invoice: { days_remaining: share.days, days_in_month: length, lines: first, total_cents: totalOf(first) },
    overage: { lines: overage.lines, total_cents: overage.total_cents },
    all_in_monthly_cents: addCents(recurringCents, overage.total_cents),
    unpriced: overage.unpriced,
  };
}

function recurringLines(plan: PlanTerms, addons: readonly AddonTerms[], share: Share | null): Line[] {
  const lines = [planBaseLine(plan, share)];
  for (const addon of addons) lines.push(addonLine(addon, share));
  return lines;
}
