/** What a droplet's size costs at list price, and a deployment's margin at one size or another (spec 5). */
import type { FxInForce } from './fx.ts';
import { marginFigures, type MarginFigures } from './margin.ts';
import { addCents, convertCents } from './money.ts';

/** A list price for a full month. */
export interface SizePrice {
  readonly monthly_cents: number;
  readonly currency: string;
}

/** The list prices of the size that is live and of the one that is desired. */
export interface SizePair {
  readonly actual: SizePrice;
  readonly desired: SizePrice;
}

/** In which currency amounts are wanted, and the rate to it. */
export interface PriceScale {
  readonly currency: string;
  readonly fx: FxInForce;
}

/**
 * Cents of a currency in that of the ledger, rounded once.
 * @throws RangeError for a currency that is neither the ledger's nor the rate's
 */
function converted(cents: number, from: string, { currency, fx }: PriceScale): number {
  if (from === currency) return cents;
  if (from !== fx.from || fx.to !== currency) throw new RangeError(`no rate from ${from} to ${currency}`);
  return convertCents(cents, fx.rate);
}

/** What the live size costs a month more than the desired one, in cents; below 0: less. */
export function monthlyDelta({ actual, desired }: SizePair, scale: PriceScale): number {
  if (actual.currency === desired.currency)
    return converted(addCents(actual.monthly_cents, -desired.monthly_cents), actual.currency, scale);
  const [live, wanted] = [actual, desired].map((one) => converted(one.monthly_cents, one.currency, scale));
  return addCents(live ?? 0, -(wanted ?? 0));
}

/** What a deployment earned and cost in a month, and what of it one resource cost. */
export interface DeploymentMonth {
  readonly revenue_cents: number;
  readonly cogs_cents: number;
  /** The part of the costs that the resource caused. */
  readonly resource_cents: number;
}

/** The margin of the month with a full month at the list price of a size in place of the resource's cost. */
export function marginAtSize(month: DeploymentMonth, size: SizePrice, scale: PriceScale): SizeMargin {
  const others = addCents(month.cogs_cents, -month.resource_cents);
  const cogs = addCents(others, converted(size.monthly_cents, size.currency, scale));
  const { cogs_cents, margin_cents, margin_pct } = marginFigures(month.revenue_cents, cogs);
  return { cogs_cents, margin_cents, margin_pct };
}

/** The figures of a margin that depend on the size. */
export type SizeMargin = Pick<MarginFigures, 'cogs_cents' | 'margin_cents' | 'margin_pct'>;
