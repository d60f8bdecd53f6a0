import type { SizeEvent } from '../../src/events/costs.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { formatDecimal, parseDecimal, powerOfTen } from '../../src/pricing/decimals.ts';
import { divideRound, safeNumber } from '../../src/pricing/rounding.ts';
import { providerCurrency } from './provider-invoice.ts';
import { size, sizeStream, type SizeFacts } from './size.ts';

/** A size as the provider lists it; prices in the provider's currency, with the noise of their floats. */
export interface ListSize extends Omit<SizeFacts, 'monthly_cents' | 'hourly' | 'currency'> {
  slug: string;
  /** Plain decimals. */
  price_monthly: string;
  price_hourly: string;
  /** UTC day of the listing. */
  day: string;
}

/** The digits of an hour's price: the provider writes as many. */
const hourlyPlaces = 5;

function scaled(price: string, places: number): bigint {
  const { coefficient, scale } = parseDecimal(price);
  return divideRound(coefficient * powerOfTen(places), powerOfTen(scale));
}

/** A listing without the noise of its floats: whole cents a month, five decimals an hour. */
export function sizeFactsOf({ price_monthly, price_hourly, ...input }: ListSize): SizeFacts {
  const { memory_mb, vcpus, disk_gb, available } = input;
  return {
    monthly_cents: safeNumber(scaled(price_monthly, 2)),
    hourly: formatDecimal(scaled(price_hourly, hourlyPlaces), hourlyPlaces),
    currency: providerCurrency,
    memory_mb,
    vcpus,
    disk_gb,
    available,
  };
}

/** Whether two listings say the same. */
export function sameSize(a: SizeFacts, b: SizeFacts): boolean {
  return (
    a.monthly_cents === b.monthly_cents &&
    a.hourly === b.hourly &&
    a.currency === b.currency &&
    a.memory_mb === b.memory_mb &&
    a.vcpus === b.vcpus &&
    a.disk_gb === b.disk_gb &&
    a.available === b.available
  );
}

/** Records a size's list price from the day on (spec 5), where anything differs or the size was withdrawn. */
export const listSize = defineCommand({
  name: 'list-size',
  aggregate: size,
  stream: (input: ListSize) => sizeStream(input.slug),
  decide(state, input, _context: undefined): SizeEvent[] {
    const facts = sizeFactsOf(input);
    if (state !== null && !state.withdrawn && sameSize(state.facts, facts)) return [];
    // A worker whose clock is behind does not date a price before the one that it follows.
    const effective_from =
      state !== null && state.effective_from > input.day ? state.effective_from : input.day;
    return [{ type: 'SizeListed', data: { slug: input.slug, ...facts, effective_from } }];
  },
  result: (state) => state,
});
