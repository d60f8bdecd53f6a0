import { addDays, dayOf, monthOf } from '../../src/pricing/calendar.ts';
import { parseDecimal, powerOfTen } from '../../src/pricing/decimals.ts';
import { multiplyDivideRound } from '../../src/pricing/money.ts';
import { divideRound, safeNumber } from '../../src/pricing/rounding.ts';
import { groupBy } from '../../src/runtime/group-by.ts';

/** A resource and its life: ISO instants; `alive_to` null for one that is there. */
export interface LivingResource {
  resource_id: string;
  kind: string;
  name: string;
  size_slug: string | null;
  alive_from: string;
  alive_to: string | null;
}

/** A list price from a UTC day on: cents a month, exact decimal of the currency's unit an hour. */
export interface ListPrice {
  slug: string;
  effective_from: string;
  monthly_cents: number;
  hourly: string;
}

/** What a resource cost on an invoice, in cents, for the time that its line covers. */
export interface InvoicedCost {
  resource_id: string;
  /** Of the line. */
  kind: string | null;
  amount_cents: number;
  from: string;
  to: string;
}

/** What the resources should have cost so far this month, in cents. */
export interface ExpectedUsage {
  droplets_cents: number;
  others_cents: number;
  expected_cents: number;
  /** Resources without a price: neither a size that is listed nor a cost on the last invoice. */
  unpriced: { resource_id: string; kind: string; name: string }[];
}

interface Range {
  from: number;
  to: number;
}

const hour = 3_600_000n;

/**
 * What the month so far comes to: droplets by the list price of their size, hour by hour and at most a
 * month's price; everything else at the rate of the last invoice.
 * @param at ISO instant until which the month is counted
 */
export function expectedUsage(
  at: string,
  resources: readonly LivingResource[],
  prices: readonly ListPrice[],
  costs: readonly InvoicedCost[],
): ExpectedUsage {
  const month = { from: Date.parse(`${monthOf(dayOf(at))}T00:00:00.000Z`), to: Date.parse(at) };
  const bySlug = groupBy(prices, ({ slug }) => slug);
  const byResource = groupBy(costs, ({ resource_id }) => resource_id);
  const expected: ExpectedUsage = { droplets_cents: 0, others_cents: 0, expected_cents: 0, unpriced: [] };
  for (const resource of resources) {
    const { resource_id, kind, name, size_slug, alive_from, alive_to } = resource;
    const alive = {
      from: Math.max(month.from, Date.parse(alive_from)),
      to: Math.min(month.to, alive_to === null ? month.to : Date.parse(alive_to)),
    };
    if (alive.from >= alive.to) continue;
    const listed = kind === 'droplet' && size_slug !== null ? bySlug.get(size_slug) : undefined;
    if (listed !== undefined) expected.droplets_cents += listPriceOf(alive, listed);
    // The list price has no backups: their lines are for the droplet too.
    const invoiced = (byResource.get(resource_id) ?? []).filter(
      (cost) => listed === undefined || cost.kind !== 'droplet',
    );
    for (const cost of invoiced) expected.others_cents += shareOf(cost, alive);
    if (listed === undefined && invoiced.length === 0) expected.unpriced.push({ resource_id, kind, name });
  }
  return { ...expected, expected_cents: expected.droplets_cents + expected.others_cents };
}

/** The hours of a droplet at the prices of their days, at most the highest of their prices for a month. */
function listPriceOf({ from, to }: Range, prices: readonly ListPrice[]): number {
  const sorted = [...prices].sort((a, b) => (a.effective_from < b.effective_from ? -1 : 1));
  // Exact: units of 10^-12 of the currency's unit, times milliseconds.
  let exact = 0n;
  let cap = 0;
  for (let start = from; start < to;) {
    const day = dayOf(new Date(start).toISOString());
    const end = Math.min(to, Date.parse(`${addDays(day, 1)}T00:00:00.000Z`));
    const price = sorted.findLast(({ effective_from }) => effective_from <= day) ?? sorted[0];
    if (price === undefined) return 0;
    const { coefficient, scale } = parseDecimal(price.hourly);
    exact += ((coefficient * powerOfTen(12)) / powerOfTen(scale)) * BigInt(end - start);
    cap = Math.max(cap, price.monthly_cents);
    start = end;
  }
  return Math.min(cap, safeNumber(divideRound(exact * 100n, powerOfTen(12) * hour)));
}

/** The cost of a line, for the time of this month instead of its own. */
function shareOf({ amount_cents, from, to }: InvoicedCost, alive: Range): number {
  const length = Date.parse(to) - Date.parse(from);
  return length <= 0 ? 0 : multiplyDivideRound(amount_cents, alive.to - alive.from, length);
}
