/** Which resource price is in force on a day. */
import type { ResourcePrice } from './types.ts';

/** Prices by resource kind. */
export type PricesInForce = ReadonlyMap<string, ResourcePrice>;

/**
 * Per kind the price with the latest `effective_from` on or before the day. Of two for one day the later in
 * the list counts, so hand them over in the order in which they were set.
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
