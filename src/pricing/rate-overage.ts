/**
 * Rating one kind: allowance = included + Σ addon quantity; overage = max(0, used − allowance), itself never
 * above the cap; amount = overage × price / unit factor, rounded once (spec 8).
 */
import { formatDecimal, parseDecimal, powerOfTen, widen, type DecimalParts } from './decimals.ts';
import { divideRound, safeNumber } from './rounding.ts';
import type { AddonTerms } from './types.ts';

/** The usage of one kind and its terms. Quantities in base units. */
export interface OverageQuestion {
  readonly resource_kind: string;
  readonly used: string;
  readonly included: string;
  readonly hard_cap_qty: string | null;
  readonly price_cents: number;
  /** Base units per priced unit. */
  readonly factor: number;
}

/** A positive overage; quantities canonical, in base units. */
export interface RatedOverage {
  used: string;
  included: string;
  addon_qty: string;
  allowance: string;
  overage_qty: string;
  amount_cents: number;
}

/**
 * Rates one kind; addons of other kinds do not count.
 * @returns null when nothing is above the allowance (or the cap is 0).
 * @throws RangeError for malformed or negative quantities and amounts beyond the safe integers.
 */
export function rateOverage(question: OverageQuestion, addons: readonly AddonTerms[]): RatedOverage | null {
  const used = parseQuantity(question.used);
  const included = parseQuantity(question.included);
  const cap = question.hard_cap_qty === null ? null : parseQuantity(question.hard_cap_qty);
  const added = addedBy(addons, question.resource_kind);
  const scale = Math.max(used.scale, included.scale, added.scale, cap === null ? 0 : cap.scale);
  const allowance = widen(included, scale) + widen(added, scale);
  const excess = widen(used, scale) - allowance;
  const most = cap === null ? excess : widen(cap, scale);
  const overage = most < excess ? most : excess;
  if (overage <= 0n) return null;
  const amount = divideRound(
    overage * BigInt(question.price_cents),
    powerOfTen(scale) * BigInt(question.factor),
  );
  return {
    used: formatDecimal(used.coefficient, used.scale),
    included: formatDecimal(included.coefficient, included.scale),
    addon_qty: formatDecimal(added.coefficient, added.scale),
    allowance: formatDecimal(allowance, scale),
    overage_qty: formatDecimal(overage, scale),
    amount_cents: safeNumber(amount),
  };
}

const zero: DecimalParts = { coefficient: 0n, scale: 0 };

/** What the packs of a kind's addons add to its allowance. */
function addedBy(addons: readonly AddonTerms[], kind: string): DecimalParts {
  let total = zero;
  for (const addon of addons) {
    if (addon.resource_kind !== kind) continue;
    const pack = parseQuantity(addon.qty);
    const scale = Math.max(total.scale, pack.scale);
    total = { coefficient: widen(total, scale) + widen(pack, scale) * BigInt(addon.packs), scale };
  }
  return total;
}

function parseQuantity(text: string): DecimalParts {
  const parts = parseDecimal(text);
  if (parts.coefficient < 0n) throw new RangeError(`a quantity is not negative: ${JSON.stringify(text)}`);
  return parts;
}
