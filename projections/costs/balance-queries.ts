import type { Db } from '../../src/database/db.ts';
import { balances } from './tables.ts';

/** A balance snapshot, in cents of the provider's currency. */
export interface BalanceRow {
  month_to_date_balance_cents: number;
  account_balance_cents: number;
  month_to_date_usage_cents: number;
  generated_at: string;
  recorded_at: string;
}

/** The last snapshot that was recorded; null before the first. */
export async function latestBalance(db: Db): Promise<BalanceRow | null> {
  const [row] = await db<BalanceRow[]>`
    select month_to_date_balance_cents, account_balance_cents, month_to_date_usage_cents, generated_at,
      recorded_at
    from ${db(balances.ref)} order by position desc limit 1`;
  return row ?? null;
}

/** Context of judge-cost-alert: when the last recorded snapshot was computed. */
export async function loadLastBalance(db: Db): Promise<{ last_generated_at: string | null }> {
  return { last_generated_at: (await latestBalance(db))?.generated_at ?? null };
}
