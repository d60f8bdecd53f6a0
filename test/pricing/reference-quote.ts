/**
 * The quote engine written plainly in decimal.js, with nothing of the fast one but its types: the property tests hold
 * the fast engine equal to this one, and the benchmark measures against it.
 */
import { Decimal } from 'decimal.js';
import type { Quote, QuoteOptions } from '../../src/pricing/quote.ts';
import type { AddonTerms, Json, Line, PlanTerms, Usage } from '../../src/pricing/types.ts';

// Wide enough for 15 digits before and 12 after the point, times a price: the default of 20 digits would round.
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -1e9, toExpPos: 1e9 });
const factors: Record<string, number> = { hour: 1, gb: 1, zone: 1, '1k_tokens': 1000 };

function cents(amount: Decimal): number {
  return amount.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
}

function sum(lines: Line[]): number {
  return lines.reduce((total, line) => total.plus(line.amount_cents), new Exact(0)).toNumber();
}

function recurringLines(plan: PlanTerms, addons: readonly AddonTerms[], days: number, length: number, full: boolean): Line[] {
  const part: Record<string, Json> = full ? {} : { days, days_in_month: length };
  const share = (amount: Decimal): number => (full ? cents(amount) : cents(amount.times(days).div(length)));
  return [
    {
      kind: 'plan_base', resource_kind: null,
      description: `Plan: ${plan.name ?? plan.plan_code} (version ${String(plan.plan_version)})`, qty: '1', unit: 'month',
      unit_price_cents: plan.base_price_cents, amount_cents: share(new Exact(plan.base_price_cents)),
      meta: { plan_code: plan.plan_code, plan_version: plan.plan_version, ...part },
    },
    ...addons.map((addon): Line => ({
      kind: 'addon', resource_kind: addon.resource_kind, description: `Addon: ${addon.code}`,
      qty: new Exact(addon.packs).toString(), unit: 'pack', unit_price_cents: addon.price_cents,
      amount_cents: share(new Exact(addon.price_cents).times(addon.packs)),
      meta: { addon_code: addon.code, packs: addon.packs, qty_per_pack: addon.qty, ...part },
    })),
  ];
}

interface Rate { unit: string; priceCents: number; included: string; cap: string | null; origin: Record<string, Json> }

function overageLine(kind: string, used: string, rate: Rate, addons: readonly AddonTerms[]): Line | null {
  const added = addons.filter((addon) => addon.resource_kind === kind)
    .reduce((total, addon) => total.plus(new Exact(addon.qty).times(addon.packs)), new Exact(0));
  const allowance = new Exact(rate.included).plus(added);
  const excess = Exact.max(0, new Exact(used).minus(allowance));
  const overage = rate.cap === null ? excess : Exact.min(excess, rate.cap);
  if (overage.isZero()) return null;
  const inUnits = overage.div(factors[rate.unit] ?? NaN);
  return {
    kind: 'overage', resource_kind: kind, description: `Overage: ${kind}`, qty: inUnits.toString(), unit: rate.unit,
    unit_price_cents: rate.priceCents, amount_cents: cents(inUnits.times(rate.priceCents)),
    meta: {
      ...rate.origin, used: new Exact(used).toString(), included: new Exact(rate.included).toString(),
      addon_qty: added.toString(), allowance: allowance.toString(), overage_qty: overage.toString(), hard_cap_qty: rate.cap,
    },
  };
}

function unplannedRate(kind: string, options: QuoteOptions, lastDay: string): Rate | null {
  const known = options.prices.filter((price) => price.resource_kind === kind && price.effective_from <= lastDay);
  let latest = known[0];
  for (const price of known) if (latest !== undefined && price.effective_from >= latest.effective_from) latest = price;
  if (latest === undefined) return null;
  return {
    unit: latest.unit, priceCents: latest.price_cents, included: '0', cap: null,
    origin: { priced_by: 'resource_price', effective_from: latest.effective_from },
  };
}

/** Same contract as `quote`. */
export function referenceQuote(plan: PlanTerms, addons: readonly AddonTerms[], usage: Usage, options: QuoteOptions): Quote {
  const [year, month, day] = options.startsOn.split('-').map(Number) as [number, number, number];
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const days = length - day + 1;
  const [priceYear, priceMonth] = (options.period ?? options.startsOn).split('-').map(Number) as [number, number];
  const lastDay = new Date(Date.UTC(priceYear, priceMonth, 0)).toISOString().slice(0, 10);
  const lines: Line[] = [];
  const unpriced: string[] = [];
  const planned = new Map(plan.items.map((item) => [item.resource_kind, item]));
  const kinds = [...planned.keys(), ...Object.keys(usage).filter((kind) => !planned.has(kind)).sort()];
  for (const kind of kinds) {
    const used = Object.hasOwn(usage, kind) ? usage[kind] : undefined;
    if (used === undefined) continue;
    const item = planned.get(kind);
    const rate = item === undefined ? unplannedRate(kind, options, lastDay) : {
      unit: item.overage_unit, priceCents: item.overage_price_cents, included: item.included_qty, cap: item.hard_cap_qty,
      origin: { priced_by: 'plan_item', plan_code: plan.plan_code, plan_version: plan.plan_version },
    };
    const line = overageLine(kind, used, rate ?? { unit: 'gb', priceCents: 0, included: '0', cap: null, origin: {} }, addons);
    if (line !== null && rate === null) unpriced.push(kind);
    else if (line !== null) lines.push(line);
  }
  const recurring = recurringLines(plan, addons, days, length, true);
  const first = recurringLines(plan, addons, days, length, false);
  return {
    recurring: { lines: recurring, total_cents: sum(recurring) },
    first_invoice: { days_remaining: days, days_in_month: length, lines: first, total_cents: sum(first) },
    overage: { lines, total_cents: sum(lines) },
    all_in_monthly_cents: new Exact(sum(recurring)).plus(sum(lines)).toNumber(),
    unpriced,
  };
}
