import type { Db } from '../database/db.ts';
import { accrue, type AccruedSubscription } from '../pricing/accrue.ts';
import type { Tax } from '../pricing/tax.ts';
import type { NotBillable } from '../pricing/billable.ts';
import { monthOf } from '../pricing/calendar.ts';
import { sumCents } from '../pricing/money.ts';
import { eachTenant } from './each-tenant.ts';
import { loadInvoicingInputs } from './load-invoicing-inputs.ts';

/** The running month so far, before tax. */
export interface Accrual {
  /** First day of the month. */
  period: string;
  /** The instant that it was computed at. */
  as_of: string;
  total_cents: number;
  /** In the order of tenants and deployments. */
  subscriptions: AccruedSubscription[];
  /** Tenants that are left out since their month can't be billed. */
  not_billable: NotBillable[];
}

/**
 * What the current month would be invoiced with the usage so far (spec 12), by the same computation over the
 * same inputs as its invoice.
 * @param db one snapshot
 * @param now ISO instant, which says what month it is
 */
export async function accrualAt(
  db: Db,
  { now, currency, tax }: { now: string; currency: string; tax: Tax },
): Promise<Accrual> {
  const period = monthOf(now.slice(0, 10));
  const { results, not_billable } = await eachTenant(
    await loadInvoicingInputs(db, { period, currency, seedTax: tax }),
    accrue,
  );
  const subscriptions = results.flat();
  const total_cents = sumCents(subscriptions.map((subscription) => subscription.total_cents));
  return { period, as_of: now, total_cents, subscriptions, not_billable };
}
