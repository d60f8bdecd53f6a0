/** The recurring lines: a plan's base price and its addons, for a whole month or for their days in one. */
import { formatDecimal, multiplyDecimals, powerOfTen } from './decimals.ts';
import { multiplyCents } from './money.ts';
import { prorate, type Share } from './proration.ts';
import { divideRound, safeNumber } from './rounding.ts';
import type { AddonTerms, Json, Line, PlanTerms } from './types.ts';

/** A recurring line that is charged for its days of a month. */
export interface RecurringPart {
  readonly line: Line;
  /** What a whole month costs. */
  readonly monthly_cents: number;
  readonly share: Share;
  /**
   * The lines that this one shares the month with, where it takes their difference to the rounding of the
   * exact sum; null: it does not.
   */
  others: readonly RecurringPart[] | null;
}

/** The base price of a plan version for a whole month. */
export function planBaseLine(plan: PlanTerms): Line {
  return {
    kind: 'plan_base',
    resource_kind: null,
    description: `Plan: ${plan.name ?? plan.plan_code} (version ${plan.plan_version})`,
    qty: '1',
    unit: 'month',
    unit_price_cents: plan.base_price_cents,
    amount_cents: plan.base_price_cents,
    meta: { plan_code: plan.plan_code, plan_version: plan.plan_version },
  };
}

/** An addon's packs at their snapshotted price, for a whole month. */
export function addonLine(addon: AddonTerms): Line {
  return {
    kind: 'addon',
    resource_kind: addon.resource_kind,
    description: `Addon: ${addon.code}`,
    qty: String(addon.packs),
    unit: 'pack',
    unit_price_cents: addon.price_cents,
    amount_cents: multiplyCents(addon.price_cents, addon.packs),
    meta: { addon_code: addon.code, packs: addon.packs, qty_per_pack: addon.qty },
  };
}

/**
 * A line for its days of a month, prorated. The line of a part of the month names its days.
 * @param monthly the line of a whole month
 * @param origin further facts for `meta`, such as the event that set the terms
 */
export function recurringPart(monthly: Line, share: Share, origin?: Record<string, Json>): RecurringPart {
  const { days, days_in_month, from, to } = share;
  const isPart = days < days_in_month;
  const line = {
    ...monthly,
    description: isPart ? `${monthly.description}, ${daysOf(share)}` : monthly.description,
    qty: isPart ? multiplyDecimals(monthly.qty, shareOfMonth(share)) : monthly.qty,
    amount_cents: prorate(monthly.amount_cents, share),
    meta: { ...monthly.meta, days, days_in_month, ...(isPart ? { from, to } : {}), ...origin },
  };
  return { line, monthly_cents: monthly.amount_cents, share, others: null };
}

function daysOf({ from, to, days, days_in_month }: Share): string {
  return `${from === to ? from : `${from} to ${to}`} (${days} of ${days_in_month} days)`;
}

const sharePlaces = 6;

/** days / days of the month, rounded to six places. */
function shareOfMonth({ days, days_in_month }: Share): string {
  return formatDecimal(
    divideRound(BigInt(days) * powerOfTen(sharePlaces), BigInt(days_in_month)),
    sharePlaces,
  );
}

/**
 * Settles the lines of each thing that share a month: the base lines of a deployment, and the lines of each
 * addon code. They come to the rounding of their exact sum: the last of them takes the difference.
 */
export function settleRecurring(bases: readonly RecurringPart[], addons: readonly RecurringPart[]): void {
  settleParts(bases);
  if (addons.length < 2) return;
  const byCode = new Map<Json | undefined, RecurringPart[]>();
  for (const part of addons) {
    const code = part.line.meta['addon_code'];
    const known = byCode.get(code);
    if (known === undefined) byCode.set(code, [part]);
    else known.push(part);
  }
  for (const parts of byCode.values()) settleParts(parts);
}

/** The last part by its last day takes the difference. */
function settleParts(parts: readonly RecurringPart[]): void {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return;
  const last = parts.reduce((latest, part) => (part.share.to >= latest.share.to ? part : latest), first);
  const others = parts.filter((part) => part !== last);
  const otherCents = others.reduce((sum, { line }) => sum + BigInt(line.amount_cents), 0n);
  const centDays = parts.reduce(
    (sum, { monthly_cents, share }) => sum + BigInt(monthly_cents) * BigInt(share.days),
    0n,
  );
  const wholeCents = divideRound(centDays, BigInt(first.share.days_in_month));
  last.line.amount_cents = safeNumber(wholeCents - otherCents);
  last.others = others;
}
