import { dailyGrowth, trailingDays, type DailyGrowth } from '../pricing/daily-growth.ts';
import { expectedUsage, type ExpectedUsage } from '../pricing/expected-usage.ts';
import { latestBalance } from '../../projections/costs/balance-queries.ts';
import {
  allListPrices,
  balancesSince,
  lastInvoicedCosts,
} from '../../projections/costs/cost-alert-queries.ts';
import { dropletsWereSwept, livingSince } from '../../projections/inventory/living-queries.ts';
import type { Db } from '../database/db.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';
import { addDays, dayOf, monthOf } from '../pricing/calendar.ts';
import { commands } from './commands.ts';

/** The figures of the last balance that alerts are made of. Cents of the provider's currency. */
export interface CostFigures extends ExpectedUsage, DailyGrowth {
  generated_at: string;
  usage_cents: number;
  /** Whether list prices and droplets were mirrored: without them the accrual is not compared. */
  is_priced: boolean;
}

/** The figures as of the last snapshot of the balance; null before the first. */
export async function costFigures(db: Db): Promise<CostFigures | null> {
  const last = await latestBalance(db);
  if (last === null) return null;
  const { generated_at, month_to_date_usage_cents: usage_cents } = last;
  const day = dayOf(generated_at);
  // The first of the days before grows from the day before it.
  const since = `${addDays(day, -(trailingDays + 1))}T00:00:00.000Z`;
  // A snapshot that was recorded before this one and is dated after it says nothing of this day.
  const snapshots = (await balancesSince(db, since)).filter((one) => one.generated_at <= generated_at);
  const growth = dailyGrowth(snapshots);
  if (growth === null) return null;
  const prices = await allListPrices(db);
  const living = await livingSince(db, `${monthOf(day)}T00:00:00.000Z`);
  const expected = expectedUsage(generated_at, living, prices, await lastInvoicedCosts(db));
  const is_priced = prices.length > 0 && (await dropletsWereSwept(db));
  return { generated_at, usage_cents, is_priced, ...expected, ...growth };
}

/**
 * Compares the last snapshot of the balance with what list prices accrue to and with the growth of the days
 * before, and raises or clears alerts. Run again, it adds nothing.
 */
export async function judgeCosts(ledger: Ledger, meta: () => CommandMeta): Promise<void> {
  const figures = await ledger.readLatest(costFigures);
  if (figures === null) return;
  const { generated_at, day, usage_cents, expected_cents, growth_cents, median_cents } = figures;
  if (figures.is_priced)
    await ledger.execute(
      commands.judgeCostAlert,
      { kind: 'accrual', generated_at, day, actual_cents: usage_cents, expected_cents },
      meta(),
    );
  if (growth_cents !== null && median_cents !== null)
    await ledger.execute(
      commands.judgeCostAlert,
      { kind: 'growth', generated_at, day, actual_cents: growth_cents, expected_cents: median_cents },
      meta(),
    );
}
