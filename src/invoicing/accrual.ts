import type { Db } from '../database/db.ts';
import type { AccruedSubscription } from '../pricing/accrue.ts';
import type { NotBillable } from '../pricing/billable.ts';
import type { Forecast } from '../pricing/forecast.ts';
import { forecastAt, type ForecastScope } from './forecast.ts';

/** The running month so far, and what it comes to at its pace, before tax. */
export interface Accrual {
  /** First day of the month. */
  period: string;
  /** The instant that it was computed at. */
  as_of: string;
  total_cents: number;
  forecast: Forecast;
  /** In the order of tenants and deployments. */
  subscriptions: (AccruedSubscription & { forecast: Forecast })[];
  /** Tenants that are left out since their month can't be billed, so far or at one of the paces. */
  not_billable: NotBillable[];
}

/**
 * What the current month would be invoiced with the usage so far (spec 12), and its forecast.
 * @param db one snapshot
 */
export async function accrualAt(db: Db, scope: ForecastScope): Promise<Accrual> {
  const { days: _days, ...month } = await forecastAt(
    db,
    scope,
    ({ kinds: _kinds, llm_forecast: _llm, ...one }) => one,
  );
  return month;
}
