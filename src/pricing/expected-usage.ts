import { addDays, dayOf, monthOf } from './calendar.ts';
import { parseDecimal, powerOfTen } from './decimals.ts';
import { multiplyDivideRound } from './money.ts';
import { divideRound, safeNumber } from './rounding.ts';

/** A resource and its life: ISO instants; `alive_to` null for one that is there. */
export interface LivingResource {
  resource_id: string;
  kind: string;
  name: string;
  alive_from: string;
  alive_to: string | null;
  /** The sizes that it had, each until the next, oldest first; the first counts back to its creation. */
  sizes: readonly { at: string; size_slug: string | null }[];
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

/** A resource without a price: neither a size that is listed nor a cost on the last invoice. */
interface Unpriced {
  resource_id: string;
  kind: string;
  name: string;
  /** The size that is not listed, of a droplet. */
  size_slug: string | null;
}

/** What the resources should have cost so far this month, in cents. */
export interface ExpectedUsage {
  droplets_cents: number;
  others_cents: number;
  expected_cents: number;
  unpriced: Unpriced[];
}

/** Milliseconds since the epoch. */
interface Range {
  from: number;
  to: number;
}

const hour = 3_600_000n;
/** DigitalOcean bills a droplet by the second, at least one minute of it and at least this. */
const leastDropletCents = 1;
const leastMilliseconds = 60_000;

/**
 * What the month so far comes to: droplets by the list price of the size that they had, hour by hour and each
 * size at most at its price of a month; everything else at the rate of the last invoice.
 * @param at ISO instant until which the month is counted
 */
export function expectedUsage(
  at: string,
  resources: readonly LivingResource[],
  prices: readonly ListPrice[],
  costs: readonly InvoicedCost[],
): ExpectedUsage {
  const month = { from: Date.parse(`${monthOf(dayOf(at))}T00:00:00.000Z`), to: Date.parse(at) };
  const bySlug = grouped(prices, ({ slug }) => slug);
  for (const list of bySlug.values()) list.sort((a, b) => (a.effective_from < b.effective_from ? -1 : 1));
  const byResource = grouped(costs, ({ resource_id }) => resource_id);
  const expected: ExpectedUsage = { droplets_cents: 0, others_cents: 0, expected_cents: 0, unpriced: [] };
  for (const resource of resources) {
    const { resource_id, kind, name, alive_from, alive_to } = resource;
    const alive = {
      from: Math.max(month.from, Date.parse(alive_from)),
      to: Math.min(month.to, alive_to === null ? month.to : Date.parse(alive_to)),
    };
    if (alive.from >= alive.to) continue;
    const invoiced = byResource.get(resource_id) ?? [];
    if (kind !== 'droplet') {
      for (const cost of invoiced) expected.others_cents += shareOf(cost, alive);
      if (invoiced.length === 0) expected.unpriced.push({ resource_id, kind, name, size_slug: null });
      continue;
    }
    const own = invoiced.filter((cost) => cost.kind === kind);
    for (const [size_slug, ranges] of rangesBySize(resource, alive)) {
      const listed = size_slug === null ? undefined : bySlug.get(size_slug);
      if (listed !== undefined) expected.droplets_cents += listPriceOf(ranges, listed);
      else if (own.length === 0) expected.unpriced.push({ resource_id, kind, name, size_slug });
      else
        for (const cost of own) for (const range of ranges) expected.droplets_cents += shareOf(cost, range);
    }
    // The list price has no backups: their lines are for the droplet too.
    for (const cost of invoiced) if (cost.kind !== kind) expected.others_cents += shareOf(cost, alive);
  }
  return { ...expected, expected_cents: expected.droplets_cents + expected.others_cents };
}

/** When a droplet had each of its sizes. */
function rangesBySize({ sizes }: LivingResource, alive: Range): Map<string | null, Range[]> {
  const ranges = new Map<string | null, Range[]>();
  const add = (size_slug: string | null, from: number, to: number): void => {
    if (from < to) ranges.set(size_slug, [...(ranges.get(size_slug) ?? []), { from, to }]);
  };
  if (sizes.length === 0) add(null, alive.from, alive.to);
  sizes.forEach(({ at, size_slug }, index) => {
    const next = sizes[index + 1];
    const from = index === 0 ? alive.from : Math.max(alive.from, Date.parse(at));
    add(size_slug, from, next === undefined ? alive.to : Math.min(alive.to, Date.parse(next.at)));
  });
  return ranges;
}

/**
 * The hours of a size at the prices of their days, at most the highest of those prices for a month.
 * @param prices at least one, by their first day; the first counts for the days before it too
 */
function listPriceOf(ranges: readonly Range[], prices: readonly ListPrice[]): number {
  // Exact: units of 10^-12 of the currency's unit, times milliseconds.
  let exact = 0n;
  let cap = 0;
  let length = 0;
  for (const { from, to } of ranges) {
    length += to - from;
    for (let start = from; start < to;) {
      const day = dayOf(new Date(start).toISOString());
      const end = Math.min(to, Date.parse(`${addDays(day, 1)}T00:00:00.000Z`));
      const price = prices.findLast(({ effective_from }) => effective_from <= day) ?? prices[0];
      if (price === undefined) return 0;
      exact += hourlyUnits(price) * BigInt(end - start);
      cap = Math.max(cap, price.monthly_cents);
      start = end;
    }
  }
  if (length < leastMilliseconds) exact = (exact * BigInt(leastMilliseconds)) / BigInt(length);
  const cents = safeNumber(divideRound(exact * 100n, powerOfTen(12) * hour));
  return exact === 0n ? 0 : Math.min(cap, Math.max(leastDropletCents, cents));
}

function hourlyUnits({ hourly }: ListPrice): bigint {
  const { coefficient, scale } = parseDecimal(hourly);
  return (coefficient * powerOfTen(12)) / powerOfTen(scale);
}

/** The cost of a line, for a time of this month instead of its own. */
function shareOf({ amount_cents, from, to }: InvoicedCost, time: Range): number {
  const length = Date.parse(to) - Date.parse(from);
  return length <= 0 ? 0 : multiplyDivideRound(amount_cents, time.to - time.from, length);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
