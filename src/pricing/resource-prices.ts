/** Which resource price is in force on a day. */
import type { ResourcePrice } from './types.ts';

/** Prices by resource kind. */
export type PricesInForce = ReadonlyMap<string, ResourcePrice>;

/**
 * For each kind the price with the latest `effective_from` on or before the day; of several for one day the
 * last in the list.
 * @param prices in the order in which they were set
 */
export function pricesInForce<Price extends ResourcePrice>(
  prices: readonly Price[],
  day: string,
): ReadonlyMap<string, Price> {
  const inForce = new Map<string, Price>();
  for (const price of prices) {
    if (price.effective_from > day) continue;
    const standing = inForce.get(price.resource_kind);
    if (standing === undefined || standing.effective_from <= price.effective_from)
      inForce.set(price.resource_kind, price);
  }
  return inForce;
}
