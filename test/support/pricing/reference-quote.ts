/**
 * The quote engine written plainly in decimal.js, with nothing of the fast one but its types: the property
 * tests hold the fast engine equal to this one, and the benchmark measures against it.
 */
import { Decimal } from 'decimal.js';
import type { Quote, QuoteOptions } from '../../../src/pricing/quote.ts';
import type { AddonTerms, Json, Line, PlanTerms, Usage } from '../../../src/pricing/types.ts';

// Wide enough for 15 digits before and 12 after the point, times a price: the default of 20 digits would
// round.
const Exact = Decimal.clone({
  precision: 60,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1e9,
  toExpPos: 1e9,
});
const factors: Record<string, number> = { hour: 1, gb: 1, zone: 1, '1k_tokens': 1000 };

function cents(amount: Decimal): number {
  return amount.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
}

function sum(lines: Line[]): number {
  return lines.reduce((total, line) => total.plus(line.amount_cents), new Exact(0)).toNumber();
}

/** Days of a month that a recurring line is charged for; null: no particular month. */
export interface ReferenceDays {
  from: string;
  to: string;
  days: number;
  length: number;
}

/** A line for its days: the exact amount, and the line with the rounded amount. */
function prorated(line: Line, packs: number, part: ReferenceDays | null): { line: Line; exact: Decimal } {
  const exact = new Exact(line.unit_price_cents).times(packs);
  if (part === null) return { line, exact };
  const { from, to, days, length } = part;
  const share = exact.times(days).div(length);
  const meta = { ...line.meta, days, days_in_month: length };
  if (days === length) return { line: { ...line, meta }, exact: share };
  const when = from === to ? from : `${from} to ${to}`;
  return {
    exact: share,
    line: {
      ...line,
      description: `${line.description}, ${when} (${String(days)} of ${String(length)} days)`,
      qty: new Exact(days).div(length).toDecimalPlaces(6).times(packs).toString(),
      amount_cents: cents(share),
      meta: { ...meta, from, to },
    },
  };
}

export function referenceBase(plan: PlanTerms, part: ReferenceDays | null): { line: Line; exact: Decimal } {
  return prorated(
    {
      kind: 'plan_base',
      resource_kind: null,
      description: `Plan: ${plan.name ?? plan.plan_code} (version ${String(plan.plan_version)})`,
      qty: '1',
      unit: 'month',
      unit_price_cents: plan.base_price_cents,
      amount_cents: plan.base_price_cents,
      meta: { plan_code: plan.plan_code, plan_version: plan.plan_version },
    },
    1,
    part,
  );
}

export function referenceAddon(
  addon: AddonTerms,
  part: ReferenceDays | null,
): { line: Line; exact: Decimal } {
  return prorated(
    {
      kind: 'addon',
      resource_kind: addon.resource_kind,
      description: `Addon: ${addon.code}`,
      qty: new Exact(addon.packs).toString(),
      unit: 'pack',
      unit_price_cents: addon.price_cents,
      amount_cents: cents(new Exact(addon.price_cents).times(addon.packs)),
      meta: { addon_code: addon.code, packs: addon.packs, qty_per_pack: addon.qty },
    },
    addon.packs,
    part,
  );
}

/**
 * Lines of one item; the last one (by its last day) takes the rest of their exact sum after rounding.
 */
export function referenceWhole(parts: readonly { line: Line; exact: Decimal; to: string }[]): void {
  const [first] = parts;
  if (first === undefined || parts.length < 2) return;
  let last = first;
  for (const part of parts) if (part.to >= last.to) last = part;
  // A third has no exact decimal: the sum of the exact amounts keeps more places than it needs.
  const whole = parts.reduce((total, { exact }) => total.plus(exact), new Exact(0)).toDecimalPlaces(30);
  last.line.amount_cents =
    cents(whole) - parts.reduce((total, { line }) => total + (line === last.line ? 0 : line.amount_cents), 0);
}

function recurringLines(plan: PlanTerms, addons: readonly AddonTerms[], part: ReferenceDays | null): Line[] {
  const base = referenceBase(plan, part);
  const packs = addons.map((addon) => ({
    code: addon.code,
    to: part?.to ?? '',
    ...referenceAddon(addon, part),
  }));
  if (part !== null)
    for (const code of new Set(packs.map((pack) => pack.code)))
      referenceWhole(packs.filter((pack) => pack.code === code));
  return [base.line, ...packs.map(({ line }) => line)];
}

interface Rate {
  unit: string;
  priceCents: number;
  included: string;
  cap: string | null;
  origin: Record<string, Json>;
}

function overageLine(kind: string, used: string, rate: Rate, addons: readonly AddonTerms[]): Line | null {
  const added = addons
    .filter((addon) => addon.resource_kind === kind)
    .reduce((total, addon) => total.plus(new Exact(addon.qty).times(addon.packs)), new Exact(0));
  const allowance = new Exact(rate.included).plus(added);
  const excess = Exact.max(0, new Exact(used).minus(allowance));
  const overage = rate.cap === null ? excess : Exact.min(excess, rate.cap);
  if (overage.isZero()) return null;
  const inUnits = overage.div(factors[rate.unit] ?? NaN);
  return {
    kind: 'overage',
    resource_kind: kind,
    description: `Overage: ${kind}`,
    qty: inUnits.toString(),
    unit: rate.unit,
    unit_price_cents: rate.priceCents,
    amount_cents: cents(inUnits.times(rate.priceCents)),
    meta: {
      ...rate.origin,
      used: new Exact(used).toString(),
      included: new Exact(rate.included).toString(),
      addon_qty: added.toString(),
      allowance: allowance.toString(),
      overage_qty: overage.toString(),
      hard_cap_qty: rate.cap,
    },
  };
}

function unplannedRate(kind: string, options: QuoteOptions, lastDay: string): Rate | null {
  const known = options.prices.filter(
    (price) => price.resource_kind === kind && price.effective_from <= lastDay,
  );
  let latest = known[0];
  for (const price of known)
    if (latest !== undefined && price.effective_from >= latest.effective_from) latest = price;
  if (latest === undefined) return null;
  return {
    unit: latest.unit,
    priceCents: latest.price_cents,
    included: '0',
    cap: null,
    origin: { priced_by: 'resource_price', effective_from: latest.effective_from },
  };
}

/** Same contract as `quote`. */
export function referenceQuote(
  plan: PlanTerms,
  addons: readonly AddonTerms[],
  usage: Usage,
  options: QuoteOptions,
): Quote {
  const [year, month, day] = options.startsOn.split('-').map(Number) as [number, number, number];
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const days = length - day + 1;
  const [priceYear, priceMonth] = (options.period ?? options.startsOn).split('-').map(Number) as [
    number,
    number,
  ];
  const lastDay = new Date(Date.UTC(priceYear, priceMonth, 0)).toISOString().slice(0, 10);
  const lines: Line[] = [];
  const unpriced: string[] = [];
  const planned = new Map(plan.items.map((item) => [item.resource_kind, item]));
  const kinds = [
    ...planned.keys(),
    ...Object.keys(usage)
      .filter((kind) => !planned.has(kind))
      .sort(),
  ];
  for (const kind of kinds) {
    const used = Object.hasOwn(usage, kind) ? usage[kind] : undefined;
    if (used === undefined) continue;
    const item = planned.get(kind);
    const rate =
      item === undefined
        ? unplannedRate(kind, options, lastDay)
        : {
            unit: item.overage_unit,
            priceCents: item.overage_price_cents,
            included: item.included_qty,
            cap: item.hard_cap_qty,
            origin: { priced_by: 'plan_item', plan_code: plan.plan_code, plan_version: plan.plan_version },
          };
    const line = overageLine(
      kind,
      used,
      rate ?? { unit: 'gb', priceCents: 0, included: '0', cap: null, origin: {} },
      addons,
    );
    if (line !== null && rate === null) unpriced.push(kind);
    else if (line !== null) lines.push(line);
  }
  const monthEnd = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  const recurring = recurringLines(plan, addons, null);
  const first = recurringLines(plan, addons, { from: options.startsOn, to: monthEnd, days, length });
  return {
    recurring: { lines: recurring, total_cents: sum(recurring) },
    first_invoice: { days_remaining: days, days_in_month: length, lines: first, total_cents: sum(first) },
    overage: { lines, total_cents: sum(lines) },
    all_in_monthly_cents: new Exact(sum(recurring)).plus(sum(lines)).toNumber(),
    unpriced,
  };
}
