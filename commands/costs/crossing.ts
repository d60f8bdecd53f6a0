import type { CostAlertFigures, CostAlertKind } from '../../src/events/costs.ts';

/** The limits: a share of what is expected, and cents of the provider's currency. Both have to be reached. */
const limits = {
  accrual: { percent: 20n, cents: 500n },
  growth: { percent: 50n, cents: 200n },
} as const;

/**
 * Where figures are far from what was expected: usage above or below the accrual by 20 % and 500 cents, or a
 * day's growth at 150 % of the median and 200 cents above it. Null where they are not.
 */
export function crossingOf(kind: CostAlertKind, figures: CostAlertFigures): 'above' | 'below' | null {
  const { percent, cents } = limits[kind];
  const [actual, expected] = [BigInt(figures.actual_cents), BigInt(figures.expected_cents)];
  const difference = actual - expected;
  const size = difference < 0n ? -difference : difference;
  const base = expected < 0n ? 0n : expected;
  if (size < cents || size * 100n < base * percent) return null;
  if (difference > 0n) return 'above';
  return kind === 'accrual' ? 'below' : null;
}
