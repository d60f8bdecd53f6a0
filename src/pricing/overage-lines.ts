/** The overage lines of a plan over a month's usage: plan items in the plan's order, then other kinds by name. */
import { addCents } from './money.ts';
import { rateOverage } from './rate-overage.ts';
import type { RatedOverage } from './rate-overage.ts';
import type { PricesInForce } from './resource-prices.ts';
import { shiftDecimal } from './decimals.ts';
import { unitFactor } from './types.ts';
import type { AddonTerms, Json, Line, PlanTerms, Usage } from './types.ts';

export interface OverageLines {
  lines: Line[];
  total_cents: number;
  /** Kinds used beyond their addon quantity that neither the plan nor a resource price covers: free, but reported. */
  unpriced: string[];
}

/**
 * Rates a whole usage.
 * @param prices asked for only when a used kind has no plan item; those in force on the period's last day.
 * @throws RangeError for malformed quantities, unknown units, and amounts beyond the safe integers.
 */
export function overageLines(
  plan: PlanTerms, addons: readonly AddonTerms[], usage: Usage, prices: () => PricesInForce,
): OverageLines {
  const lines: Line[] = [];
  let total = 0;
  for (const item of plan.items) {
    const used: unknown = usage[item.resource_kind];
    // A kind named like a member of Object.prototype finds a function here, which is no usage.
    if (typeof used !== 'string') continue;
    const factor = unitFactor(item.overage_unit);
    const rated = rateOverage({
      resource_kind: item.resource_kind, used, included: item.included_qty, hard_cap_qty: item.hard_cap_qty,
      price_cents: item.overage_price_cents, factor,
    }, addons);
    if (rated === null) continue;
    total = addCents(total, rated.amount_cents);
    lines.push(planItemLine(plan, item, factor, rated));
  }
  return withUnplannedKinds({ lines, total_cents: total, unpriced: [] }, plan, addons, usage, prices);
}

function withUnplannedKinds(
  planned: OverageLines, plan: PlanTerms, addons: readonly AddonTerms[], usage: Usage, prices: () => PricesInForce,
): OverageLines {
  const unplanned = unplannedKinds(plan, usage);
  if (unplanned.length === 0) return planned;
  const inForce = prices();
  for (const kind of unplanned.sort()) {
    const price = inForce.get(kind);
    const factor = price === undefined ? 1 : unitFactor(price.unit);
    const rated = rateOverage({
      resource_kind: kind, used: usage[kind] ?? '0', included: '0', hard_cap_qty: null,
      price_cents: price?.price_cents ?? 0, factor,
    }, addons);
    if (rated === null) continue;
    if (price === undefined) {
      planned.unpriced.push(kind);
      continue;
    }
    planned.total_cents = addCents(planned.total_cents, rated.amount_cents);
    planned.lines.push(overageLine(kind, price.unit, price.price_cents, factor, rated, {
      priced_by: 'resource_price', effective_from: price.effective_from, ...quantitiesOf(rated, null),
    }));
  }
  return planned;
}

function unplannedKinds(plan: PlanTerms, usage: Usage): string[] {
  const unplanned: string[] = [];
  for (const kind in usage) {
    if (!plan.items.some((item) => item.resource_kind === kind)) unplanned.push(kind);
  }
  return unplanned;
}

function planItemLine(plan: PlanTerms, item: PlanTerms['items'][number], factor: number, rated: RatedOverage): Line {
  return overageLine(item.resource_kind, item.overage_unit, item.overage_price_cents, factor, rated, {
    priced_by: 'plan_item', plan_code: plan.plan_code, plan_version: plan.plan_version,
    ...quantitiesOf(rated, item.hard_cap_qty),
  });
}

function quantitiesOf(rated: RatedOverage, cap: string | null): Record<string, Json> {
  return {
    used: rated.used, included: rated.included, addon_qty: rated.addon_qty, allowance: rated.allowance,
    overage_qty: rated.overage_qty, hard_cap_qty: cap,
  };
}

function overageLine(
  kind: string, unit: string, priceCents: number, factor: number, rated: RatedOverage, meta: Record<string, Json>,
): Line {
  return {
    kind: 'overage',
    resource_kind: kind,
    description: `Overage: ${kind}`,
    qty: factor === 1 ? rated.overage_qty : shiftDecimal(rated.overage_qty, String(factor).length - 1),
    unit,
    unit_price_cents: priceCents,
    amount_cents: rated.amount_cents,
    meta,
  };
}
