/** A balance as the provider answers it, and the event that records it. */
import { execution } from './command-spec.ts';
import type { BalanceEvent } from '../../../src/events/costs.ts';

const snapshot = {
  month_to_date_balance_cents: -2752,
  account_balance_cents: 0,
  month_to_date_usage_cents: 2740,
  generated_at: '2026-05-09T15:01:12Z',
};

export const balanceInput = { day: '2026-05-09', ...snapshot };

export const thatDay = execution({ now: '2026-05-09T15:07:00.000Z' });

export const balanceRecorded = {
  type: 'BalanceRecorded',
  data: { ...snapshot, recorded_at: thatDay.now },
} satisfies BalanceEvent;
