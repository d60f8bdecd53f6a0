/**
 * What a month allows of one kind (spec 8, days in force): over its segments, (included + addon quantity) ×
 * days / days of the month, summed exactly and rounded once; a cap likewise.
 */
import { formatDecimal, parseDecimal, powerOfTen, subtractDecimals, widen } from './decimals.ts';
import { divideRound } from './rounding.ts';
import type { Segment } from './segments.ts';
import type { PlanItemTerms, PlanTerms } from './types.ts';

/** Base units, canonical. */
export interface Allowance {
  /** The plans' part. */
  included: string;
  /** The addons' part; both parts add up to the allowance. */
  addon_qty: string;
  allowance: string;
  /** Null: no cap. */
  hard_cap_qty: string | null;
}

/** Decimal places to which an allowance and a cap are rounded. */
export const allowancePlaces = 12;

/** A quantity that holds for so many days of a month. */
interface HeldFor {
  readonly qty: string;
  readonly times: number;
  readonly days: number;
}

/** The item of a kind in a plan; null: none. */
export function itemOf(plan: PlanTerms, kind: string): PlanItemTerms | null {
  return plan.items.find(({ resource_kind }) => resource_kind === kind) ?? null;
}

/**
 * @param segments the month's days in force
 * @throws RangeError for a malformed quantity
 */
export function allowanceOf(kind: string, segments: readonly Segment[], daysInMonth: number): Allowance {
  const included: HeldFor[] = [];
  const added: HeldFor[] = [];
  const capped: HeldFor[] = [];
  for (const { terms, days } of segments) {
    const item = itemOf(terms.plan, kind);
    if (item !== null) included.push({ qty: item.included_qty, times: 1, days });
    const cap = item?.hard_cap_qty ?? null;
    if (cap !== null) capped.push({ qty: cap, times: 1, days });
    for (const { addon } of terms.addons) {
      if (addon.resource_kind === kind) added.push({ qty: addon.qty, times: addon.packs, days });
    }
  }
  const allowance = partOfMonth([...included, ...added], daysInMonth);
  const plans = partOfMonth(included, daysInMonth);
  return {
    included: plans,
    addon_qty: subtractDecimals(allowance, plans),
    allowance,
    // A day in force without a cap lifts it for the month.
    hard_cap_qty:
      segments.length > 0 && capped.length === segments.length ? partOfMonth(capped, daysInMonth) : null,
  };
}

/** Σ quantity × times × days / days of the month, rounded once. */
function partOfMonth(held: readonly HeldFor[], daysInMonth: number): string {
  const parsed = held.map(({ qty, times, days }) => ({
    parts: parseDecimal(qty),
    weight: BigInt(times) * BigInt(days),
  }));
  const scale = parsed.reduce((widest, { parts }) => Math.max(widest, parts.scale), 0);
  const unitDays = parsed.reduce((sum, { parts, weight }) => sum + widen(parts, scale) * weight, 0n);
  const rounded = divideRound(
    unitDays * powerOfTen(allowancePlaces),
    BigInt(daysInMonth) * powerOfTen(scale),
  );
  return formatDecimal(rounded, allowancePlaces);
}
