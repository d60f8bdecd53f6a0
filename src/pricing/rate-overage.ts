/**
 * Rating one kind: allowance = included + Σ addon quantity; overage = max(0, used − allowance), itself never
 * above the cap; amount = overage × price / unit factor, rounded once (spec 8). Safe integers first, BigInt
 * for what does not fit.
 */
import { formatDecimal, parseDecimal, widen } from './decimals.ts';
import {
  addQuantities,
  excessOf,
  formatQuantity,
  parseQuantity,
  priceQuantity,
  smallerOf,
  timesQuantity,
  zeroQuantity,
} from './quantity.ts';
import type { Quantity } from './quantity.ts';
import { divideRoundBig, safeNumber } from './rounding.ts';
import type { AddonTerms } from './types.ts';

/** What is to be rated. Quantities in base units. */
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
 * Rates one kind; addons of other kinds are passed over.
 * @returns null when nothing is above the allowance (or the cap is 0).
 * @throws RangeError for malformed or negative quantities and amounts beyond the safe integers.
 */
export function rateOverage(question: OverageQuestion, addons: readonly AddonTerms[]): RatedOverage | null {
  const quick = rateQuickly(question, addons);
  return quick === undefined ? rateExactly(question, addons) : quick;
}

/** undefined when a quantity or product leaves the safe integers. */
function rateQuickly(
  question: OverageQuestion,
  addons: readonly AddonTerms[],
): RatedOverage | null | undefined {
  const used = parseQuantity(question.used);
  const included = parseQuantity(question.included);
  const added = addedBy(addons, question.resource_kind);
  const cap = question.hard_cap_qty === null ? null : parseQuantity(question.hard_cap_qty);
  if (used === null || included === null || added === null) return undefined;
  if (cap === null && question.hard_cap_qty !== null) return undefined;
  const allowance = added === zeroQuantity ? included : addQuantities(included, added);
  if (allowance === null) return undefined;
  const excess = excessOf(used, allowance);
  const overage = cap === null ? excess : smallerOf(excess, cap);
  if (overage.whole === 0 && overage.fraction === 0) return null;
  const amount = priceQuantity(overage, question.price_cents, question.factor);
  if (amount === null) return undefined;
  return {
    used: formatQuantity(used),
    included: formatQuantity(included),
    addon_qty: formatQuantity(added),
    allowance: formatQuantity(allowance),
    overage_qty: formatQuantity(overage),
    amount_cents: amount,
  };
}

function addedBy(addons: readonly AddonTerms[], kind: string): Quantity | null {
  let total = zeroQuantity;
  for (const addon of addons) {
    if (addon.resource_kind !== kind) continue;
    const pack = parseQuantity(addon.qty);
    const packs = pack === null ? null : timesQuantity(pack, addon.packs);
    const sum = packs === null ? null : addQuantities(total, packs);
    if (sum === null) return null;
    total = sum;
  }
  return total;
}

function rateExactly(question: OverageQuestion, addons: readonly AddonTerms[]): RatedOverage | null {
  const ofKind = addons.filter((addon) => addon.resource_kind === question.resource_kind);
  const packs = ofKind.map((addon) => parseDecimal(addon.qty));
  const [used, included] = [parseDecimal(question.used), parseDecimal(question.included)];
  const cap = question.hard_cap_qty === null ? null : parseDecimal(question.hard_cap_qty);
  const scale = Math.max(used.scale, included.scale, cap?.scale ?? 0, ...packs.map((pack) => pack.scale));
  const addedQty = ofKind.reduce(
    (sum, addon) => sum + widen(parseDecimal(addon.qty), scale) * BigInt(addon.packs),
    0n,
  );
  const allowance = widen(included, scale) + addedQty;
  const excess = widen(used, scale) - allowance;
  const capped = cap !== null && widen(cap, scale) < excess ? widen(cap, scale) : excess;
  if (capped <= 0n) return null;
  const amount = divideRoundBig(
    capped * BigInt(question.price_cents),
    10n ** BigInt(scale) * BigInt(question.factor),
  );
  return {
    used: formatDecimal(widen(used, scale), scale),
    included: formatDecimal(widen(included, scale), scale),
    addon_qty: formatDecimal(addedQty, scale),
    allowance: formatDecimal(allowance, scale),
    overage_qty: formatDecimal(capped, scale),
    amount_cents: safeNumber(amount),
  };
}
