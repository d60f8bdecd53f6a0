import type { Db } from '../database/db.ts';
import type { NotBillable } from '../pricing/billable.ts';
import { dayOfMonth, daysInMonth, monthOf } from '../pricing/calendar.ts';
import { forecastTenant, type Forecast, type ForecastSubscription } from '../pricing/forecast.ts';
import { forecastCalendar } from '../pricing/forecast-days.ts';
import { sumCents } from '../pricing/money.ts';
import type { Tax } from '../pricing/tax.ts';
import { eachTenant } from './each-tenant.ts';
import { loadInvoicingInputs } from './load-invoicing-inputs.ts';
import { loadRecentUse } from './load-recent-use.ts';

/** The running month so far and at its pace, before tax. */
export interface MonthForecast<Shown> {
  /** First day of the month. */
  period: string;
  /** The instant that it was computed at. */
  as_of: string;
  /** Days of the month, and those that have ended. */
  days: { in_month: number; complete: number };
  total_cents: number;
  forecast: Forecast;
  /** In the order of tenants and deployments. */
  subscriptions: Shown[];
  /** Tenants that are left out since their month can't be billed, so far or at one of the paces. */
  not_billable: NotBillable[];
}

/** What is shown of every deployment. */
type ShownForecast = Pick<ForecastSubscription, 'total_cents' | 'forecast'>;

/** Whose month, and when. */
export interface ForecastScope {
  /** ISO instant, which says what month it is. */
  now: string;
  currency: string;
  /** The tax of a ledger that has no rate yet. */
  tax: Tax;
  /** One tenant alone. */
  tenantId?: string | undefined;
  /** One deployment alone. */
  deploymentId?: string | undefined;
}

/**
 * What the current month would be invoiced with the usage so far (spec 12), and what it comes to if usage
 * goes on at its pace: by the same computation over the same inputs as its invoice.
 * @param db one snapshot
 * @param show what is kept of each deployment: its quantities are many
 */
export async function forecastAt<Shown extends ShownForecast>(
  db: Db,
  scope: ForecastScope,
  show: (subscription: ForecastSubscription) => Shown,
): Promise<MonthForecast<Shown>> {
  const { now, currency, tax, tenantId, deploymentId } = scope;
  const today = now.slice(0, 10);
  const [period, calendar] = [monthOf(today), forecastCalendar(today)];
  const inputs = await loadInvoicingInputs(db, { period, currency, seedTax: tax, tenantId });
  const recentUse = await loadRecentUse(db, inputs, calendar, tenantId);
  const { results, not_billable } = await eachTenant(inputs, (tenant) => {
    const month = forecastTenant(tenant, recentUse, calendar);
    const asked = month.subscriptions.filter(
      ({ deployment_id }) => deploymentId === undefined || deployment_id === deploymentId,
    );
    return { ...month, subscriptions: asked.map(show) };
  });
  const subscriptions = results.flatMap((tenant) => tenant.subscriptions);
  const complete = dayOfMonth(today) - 1;
  return {
    period,
    as_of: now,
    days: { in_month: daysInMonth(period), complete },
    total_cents: sumCents(subscriptions.map(({ total_cents }) => total_cents)),
    forecast: {
      so_far_cents: totalAt(subscriptions, 'so_far_cents', complete === 0),
      last_7_days_cents: totalAt(subscriptions, 'last_7_days_cents', false),
    },
    subscriptions,
    not_billable: [...not_billable, ...results.flatMap((tenant) => tenant.not_billable ?? [])].sort((a, b) =>
      a.tenant_id < b.tenant_id ? -1 : a.tenant_id > b.tenant_id ? 1 : 0,
    ),
  };
}

/**
 * The total at a pace. A deployment without a figure, such as one that started today, counts with what it
 * comes to so far. Null: no deployment has a figure.
 * @param whole whether each has to have one, as on the first of a month, when no usual one has
 */
function totalAt(
  subscriptions: readonly ShownForecast[],
  pace: keyof Forecast,
  whole: boolean,
): number | null {
  const missing = subscriptions.filter(({ forecast }) => forecast[pace] === null).length;
  if (missing > 0 && (whole || missing === subscriptions.length)) return null;
  return sumCents(subscriptions.map(({ forecast, total_cents }) => forecast[pace] ?? total_cents));
}
