/**
 * A deployment's month reckoned day by day in decimal.js, with nothing of the real one but its types and
 * which terms a day has: the property tests hold the computation by runs of days equal to this one.
 */
import { Decimal } from 'decimal.js';
import type { DeploymentInvoicingInputs } from '../../../src/pricing/invoice.ts';
import { daysFrom, lastDay } from '../../../src/pricing/calendar.ts';
import { termsOnDay } from './terms-on-day.ts';
import type { TermsInForce } from '../../../src/pricing/subscription-terms.ts';
import type { ResourcePrice } from '../../../src/pricing/types.ts';

// A share of a month has no exact decimal: sums keep far more places than any comparison needs.
const Exact = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1e9,
  toExpPos: 1e9,
});
const factors: Record<string, number> = { hour: 1, gb: 1, zone: 1, '1k_tokens': 1000 };

/** Canonical text of a sum, without the tiny error that a division may have left. */
const places = (value: Decimal, n: number): Decimal => value.toDecimalPlaces(60).toDecimalPlaces(n);

/** The computed values of an overage line. */
export interface ReferenceOverage {
  used: string;
  allowance: string;
  hard_cap_qty: string | null;
  amount_cents: string;
}

export interface ReferenceMonth {
  /** Of all base lines together. */
  base_cents: string;
  /** Of all lines of an addon code together. */
  addon_cents: Map<string, string>;
  overage: Map<string, ReferenceOverage>;
  unpriced: string[];
  llm_cents: string;
  charges_cents: string;
  /** By kind: of days in force, and of other days. */
  billed: Map<string, string>;
  unbilled: Map<string, string>;
}

const sum = (values: readonly Decimal[]): Decimal =>
  values.reduce((total, value) => total.plus(value), new Exact(0));
const add = (sums: Map<string, Decimal>, key: string, value: Decimal.Value): void => {
  sums.set(key, (sums.get(key) ?? new Exact(0)).plus(value));
};
const texts = (sums: Map<string, Decimal>): Map<string, string> =>
  new Map([...sums].map(([key, value]) => [key, value.toFixed()]));

export function referenceMonth(
  { facts, usage, llm_charges, llm_allowance, charges: oneOff }: DeploymentInvoicingInputs,
  period: string,
  prices: readonly ResourcePrice[],
): ReferenceMonth {
  const days = daysFrom(period, lastDay(period));
  const length = days.length;
  const terms = new Map(days.map((day) => [day, termsOnDay(facts, day)]));
  const inForce = [...terms.values()].filter((held): held is TermsInForce => held !== null);
  const [billed, unbilled] = [new Map<string, Decimal>(), new Map<string, Decimal>()];
  for (const { from, resource_kind, qty } of usage)
    add(terms.get(from) === null ? unbilled : billed, resource_kind, qty);
  const charges = llm_charges.map((charge) => new Exact(charge));
  for (const { from, tokens, charge_cents } of llm_allowance) {
    if (terms.get(from) === null) charges.push(new Exact(charge_cents));
    else add(billed, 'llm_tokens', tokens);
  }
  const addons = new Map<string, Decimal>();
  for (const held of inForce)
    for (const { addon } of held.addons)
      add(addons, addon.code, new Exact(addon.price_cents).times(addon.packs).div(length));
  const month: ReferenceMonth = {
    base_cents: places(
      sum(inForce.map(({ plan }) => new Exact(plan.base_price_cents).div(length))),
      0,
    ).toFixed(),
    addon_cents: new Map([...addons].map(([code, cents]) => [code, places(cents, 0).toFixed()])),
    overage: new Map(),
    unpriced: [],
    llm_cents: places(sum(charges), 0).toFixed(),
    charges_cents: sum(oneOff.map(({ amount_cents }) => new Exact(amount_cents))).toFixed(),
    billed: texts(billed),
    unbilled: texts(new Map([...unbilled].filter(([, qty]) => !qty.isZero()))),
  };
  const last = inForce.at(-1);
  if (last === undefined) return month;
  for (const [kind, used] of billed) {
    const itemIn = ({ plan }: TermsInForce) => plan.items.find(({ resource_kind }) => resource_kind === kind);
    const allowed = inForce.map((held) =>
      sum([
        new Exact(itemIn(held)?.included_qty ?? 0),
        ...held.addons
          .filter(({ addon }) => addon.resource_kind === kind)
          .map(({ addon }) => new Exact(addon.qty).times(addon.packs)),
      ]).div(length),
    );
    const caps = inForce.map((held) => itemIn(held)?.hard_cap_qty ?? null);
    const cap = caps.includes(null)
      ? null
      : places(sum(caps.map((qty) => new Exact(qty ?? 0).div(length))), 12);
    const allowance = places(sum(allowed), 12);
    const excess = Exact.max(0, used.minus(allowance));
    const overage = cap === null ? excess : Exact.min(excess, cap);
    if (overage.isZero()) continue;
    const price = priceOf(last, kind, prices, lastDay(period));
    if (price === null) month.unpriced.push(kind);
    else {
      const amount = places(overage.times(price.cents).div(factors[price.unit] ?? NaN), 0).toFixed();
      month.overage.set(kind, {
        used: used.toFixed(),
        allowance: allowance.toFixed(),
        hard_cap_qty: cap === null ? null : cap.toFixed(),
        amount_cents: amount,
      });
    }
  }
  return month;
}

function priceOf(
  { plan }: TermsInForce,
  kind: string,
  prices: readonly ResourcePrice[],
  day: string,
): { cents: number; unit: string } | null {
  const item = plan.items.find(({ resource_kind }) => resource_kind === kind);
  if (item !== undefined) return { cents: item.overage_price_cents, unit: item.overage_unit };
  let latest: ResourcePrice | null = null;
  for (const price of prices) {
    if (
      price.resource_kind === kind &&
      price.effective_from <= day &&
      (latest === null || price.effective_from >= latest.effective_from)
    )
      latest = price;
  }
  return latest === null ? null : { cents: latest.price_cents, unit: latest.unit };
}
