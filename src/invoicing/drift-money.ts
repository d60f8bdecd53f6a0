import { providerCurrency } from '../../commands/costs/provider-invoice.ts';
import { fxRateOn } from '../../projections/catalog/price-queries.ts';
import { sizesOn, type SizeRow } from '../../projections/costs/size-queries.ts';
import type { DriftValues } from '../../projections/inventory/drift-queries.ts';
import { attributionOnDay } from '../../projections/inventory/attribution-queries.ts';
import type { Db } from '../database/db.ts';
import { addMonths, lastDay, monthOf } from '../pricing/calendar.ts';
import { sumCents } from '../pricing/money.ts';
import { marginAtSize, monthlyDelta, type SizeMargin, type SizePair } from '../pricing/size-price.ts';
import { marginWithCosts, type MarginScope, type MarginWithCosts } from './margin.ts';

/** The margin of a finding's deployment in the last full month, at either size. */
export interface DriftMargin {
  /** First day of the month. */
  period: string;
  deployment_id: string;
  revenue_cents: number;
  actual: SizeMargin;
  desired: SizeMargin;
}

/** What a finding costs, in the currency of the ledger. */
export interface DriftMoney {
  /** Null where a price is not known, or where the finding is not about a size. */
  monthly_delta_cents: number | null;
  currency: string;
  /** Null too where the resource is tied to no deployment, or its month has neither revenue nor costs. */
  margin: DriftMargin | null;
}

/** On which UTC day the money is asked for, and of which ledger. */
export interface DriftMoneyScope extends Pick<MarginScope, 'currency' | 'seedTax'> {
  today: string;
}

/** The prices of the two sizes; null where one is not known, or where the finding is not about a size. */
function pairOf(
  sizes: ReadonlyMap<string, SizeRow>,
  { kind, field, ...values }: DriftValues,
): SizePair | null {
  if (kind !== 'droplet' || field !== 'size_slug') return null;
  const priceOf = (value: unknown) => (typeof value === 'string' ? sizes.get(value) : undefined);
  const [actual, desired] = [priceOf(values.actual), priceOf(values.desired)];
  return actual === undefined || desired === undefined ? null : { actual, desired };
}

/**
 * What each finding costs a month more than what was ordered: at the list prices and the rate of a day.
 * @returns in the order of the findings; null where it is not known
 */
export async function driftDeltas(
  db: Db,
  findings: readonly DriftValues[],
  { today, currency }: Pick<DriftMoneyScope, 'today' | 'currency'>,
): Promise<(number | null)[]> {
  const sizes = await sizesOn(db, today);
  const fx = await fxRateOn(db, { from: providerCurrency, to: currency, day: today });
  return findings.map((finding) => {
    const pair = pairOf(sizes, finding);
    return pair === null ? null : monthlyDelta(pair, { currency, fx });
  });
}

/** The sum of the known amounts; null where none is known. */
export function knownSum(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : sumCents(known);
}

/**
 * Findings with what they cost (spec 5). Of the month, the prices and the rate of its last day count.
 * @param db one snapshot
 */
export async function withDriftMoney<T extends DriftValues & { resource_id: string }>(
  db: Db,
  findings: readonly T[],
  { today, currency, seedTax }: DriftMoneyScope,
): Promise<(T & DriftMoney)[]> {
  const deltas = await driftDeltas(db, findings, { today, currency });
  const period = addMonths(monthOf(today), -1);
  const sizes = await sizesOn(db, lastDay(period));
  const priced = findings.filter((finding) => pairOf(sizes, finding) !== null);
  const owners = await attributionOnDay(
    db,
    priced.map(({ resource_id }) => ({ resource_id, day: today })),
  );
  const deployments = new Map(owners.map(({ resource_id, deployment_id }) => [resource_id, deployment_id]));
  const isTied = owners.some(({ deployment_id }) => deployment_id !== null);
  // The margin of a month is the expensive part, so it is left out where no finding has a use for it.
  const month = isTied ? await marginWithCosts(db, { period, currency, seedTax }) : null;
  return findings.map((finding, index) => {
    const pair = pairOf(sizes, finding);
    const deployment_id = deployments.get(finding.resource_id) ?? null;
    return {
      ...finding,
      monthly_delta_cents: deltas[index] ?? null,
      currency,
      margin:
        month === null || pair === null || deployment_id === null
          ? null
          : marginOf(month, pair, { deployment_id, resource_id: finding.resource_id }),
    };
  });
}

/** The margin of a tied resource's deployment; null where the month has neither revenue nor costs of it. */
function marginOf(
  { margin, costs }: MarginWithCosts,
  pair: SizePair,
  { deployment_id, resource_id }: { deployment_id: string; resource_id: string },
): DriftMargin | null {
  const figures = margin.deployments.find((one) => one.deployment_id === deployment_id);
  if (figures === undefined) return null;
  const own = costs.filter(
    (line) => line.resource_id === resource_id && line.deployment_id === deployment_id && !line.is_tax,
  );
  const { revenue_cents, cogs_cents } = figures;
  const resource_cents = sumCents(own.map(({ converted_cents }) => converted_cents));
  const month = { revenue_cents, cogs_cents, resource_cents };
  const at = (size: SizePair['actual']) => marginAtSize(month, size, margin);
  return {
    period: margin.period,
    deployment_id,
    revenue_cents,
    actual: at(pair.actual),
    desired: at(pair.desired),
  };
}
