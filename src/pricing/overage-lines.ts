/**
 * The overage lines of a plan over a month's usage: plan items in the plan's order, then other kinds by name.
 */
import { allowanceOf, itemOf } from './allowance.ts';
import { addCents, sumDecimals } from './money.ts';
import { rateOverage, type OverageQuestion, type RatedOverage } from './rate-overage.ts';
import type { PricesInForce } from './resource-prices.ts';
import type { Segment } from './segments.ts';
import { shiftDecimal } from './decimals.ts';
import {
  unitFactor,
  type AddonTerms,
  type Json,
  type Line,
  type PlanItemTerms,
  type PlanTerms,
  type ResourcePrice,
  type Usage,
} from './types.ts';

/** The terms that a month's usage is rated at. */
export interface OverageTerms {
  /** Its items say prices and units: the plan of the last day in force. */
  readonly plan: PlanTerms;
  /** The addons in force on that day. */
  readonly addons: readonly AddonTerms[];
  /** The days in force, where these terms were not in force for the whole month; null: they were. */
  readonly portions: { readonly segments: readonly Segment[]; readonly days_in_month: number } | null;
}

/** What an overage line is computed from: the plan's item of the kind, or else the kind's resource price. */
export interface OveragePricing {
  readonly resource_kind: string;
  /** Null: a resource price covers the kind. */
  readonly item: PlanItemTerms | null;
  /** Null: the plan covers the kind. */
  readonly price: ResourcePrice | null;
  readonly rated: RatedWithCap;
}

interface OverageLine extends OveragePricing {
  readonly line: Line;
}

/** Usage above what addons allow, of a kind without a price. */
export interface UnpricedQty {
  resource_kind: string;
  /** The whole usage of the kind, exact. */
  qty: string;
}

export interface OverageLines {
  lines: OverageLine[];
  total_cents: number;
  /** Free, but reported. */
  unpriced: UnpricedQty[];
}

/**
 * Rates the usage of a month.
 * @param usage of days in force
 * @param prices those in force on the period's last day; called only when a used kind has no plan item.
 * @throws RangeError for malformed quantities, unknown units, and amounts beyond the safe integers.
 */
export function overageLines(terms: OverageTerms, usage: Usage, prices: () => PricesInForce): OverageLines {
  const { plan } = terms;
  const result: OverageLines = { lines: [], total_cents: 0, unpriced: [] };
  for (const item of plan.items) {
    const used: unknown = usage[item.resource_kind];
    // A kind with the name of a member of Object.prototype finds a function here: not a usage.
    if (typeof used !== 'string') continue;
    const factor = unitFactor(item.overage_unit);
    const rated = rateKind(terms, {
      resource_kind: item.resource_kind,
      used,
      included: item.included_qty,
      hard_cap_qty: item.hard_cap_qty,
      price_cents: item.overage_price_cents,
      factor,
    });
    if (rated === null) continue;
    add(result, {
      line: planItemLine(plan, item, factor, rated),
      resource_kind: item.resource_kind,
      item,
      price: null,
      rated,
    });
  }
  return withUnplannedKinds(result, terms, usage, prices);
}

function withUnplannedKinds(
  planned: OverageLines,
  terms: OverageTerms,
  usage: Usage,
  prices: () => PricesInForce,
): OverageLines {
  const unplanned = unplannedKinds(terms.plan, usage);
  if (unplanned.length === 0) return planned;
  const inForce = prices();
  for (const kind of unplanned.sort()) {
    const price = inForce.get(kind);
    const factor = price === undefined ? 1 : unitFactor(price.unit);
    const used = usage[kind] ?? '0';
    const rated = rateKind(terms, {
      resource_kind: kind,
      used,
      included: '0',
      hard_cap_qty: null,
      price_cents: price?.price_cents ?? 0,
      factor,
    });
    if (rated === null) continue;
    if (price === undefined) {
      planned.unpriced.push({ resource_kind: kind, qty: sumDecimals([used]) });
      continue;
    }
    const line = overageLine(kind, price.unit, price.price_cents, factor, rated, {
      priced_by: 'resource_price',
      effective_from: price.effective_from,
      ...quantitiesOf(rated),
    });
    add(planned, { line, resource_kind: kind, item: null, price, rated });
  }
  return planned;
}

function add(result: OverageLines, line: OverageLine): void {
  result.total_cents = addCents(result.total_cents, line.line.amount_cents);
  result.lines.push(line);
}

/** An overage with the cap that it was held to; null: none. */
type RatedWithCap = RatedOverage & { hard_cap_qty: string | null };

/** @param question at the terms of a whole month */
function rateKind({ addons, portions }: OverageTerms, question: OverageQuestion): RatedWithCap | null {
  if (portions === null) {
    const rated = rateOverage(question, addons);
    return rated === null ? null : Object.assign(rated, { hard_cap_qty: question.hard_cap_qty });
  }
  const { included, addon_qty, allowance, hard_cap_qty } = allowanceOf(
    question.resource_kind,
    portions.segments,
    portions.days_in_month,
  );
  const rated = rateOverage({ ...question, included: allowance, hard_cap_qty }, []);
  return rated === null ? null : { ...rated, included, addon_qty, hard_cap_qty };
}

function unplannedKinds(plan: PlanTerms, usage: Usage): string[] {
  const unplanned: string[] = [];
  for (const kind in usage) {
    if (itemOf(plan, kind) === null) unplanned.push(kind);
  }
  return unplanned;
}

function planItemLine(plan: PlanTerms, item: PlanItemTerms, factor: number, rated: RatedWithCap): Line {
  return overageLine(item.resource_kind, item.overage_unit, item.overage_price_cents, factor, rated, {
    priced_by: 'plan_item',
    plan_code: plan.plan_code,
    plan_version: plan.plan_version,
    ...quantitiesOf(rated),
  });
}

function quantitiesOf(rated: RatedWithCap): Record<string, Json> {
  return {
    used: rated.used,
    included: rated.included,
    addon_qty: rated.addon_qty,
    allowance: rated.allowance,
    overage_qty: rated.overage_qty,
    hard_cap_qty: rated.hard_cap_qty,
  };
}

function overageLine(
  kind: string,
  unit: string,
  priceCents: number,
  factor: number,
  rated: RatedOverage,
  meta: Record<string, Json>,
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
