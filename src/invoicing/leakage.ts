/**
 * What of a month leaks: costs that no tenant's revenue covers, what was used and is not billed, and what is
 * billed without its resources (spec 4). Every accepted fact is billed, or listed here or on an invoice.
 */
import { goneTies } from '../../projections/inventory/leakage-queries.ts';
import type { Db } from '../database/db.ts';
import { sumCents } from '../pricing/money.ts';
import { costItems } from './leakage-costs.ts';
import { goneItems } from './leakage-gone.ts';
import type { LeakageItem, LeakageScope } from './leakage-item.ts';
import { unbilledItems } from './leakage-usage.ts';
import { marginWithCosts } from './margin.ts';
import { monthToBill, type MonthToBill } from './month-to-bill.ts';

/** A month's leakage. */
export interface Leakage {
  period: string;
  currency: string;
  items: LeakageItem[];
  /**
   * What the items cost: the margin's `unattributed_cents` and the costs of tenants with no revenue, in cents
   * of the currency.
   */
  total_cents: number;
  /** Costs at tenants with revenue that no subscription in force covers; not in the total. */
  at_billed_tenants: LeakageItem[];
  at_billed_tenants_cents: number;
}

const costOf = (items: readonly LeakageItem[]): number =>
  sumCents(items.flatMap(({ amount_cents }) => amount_cents ?? []));

/**
 * Lists a month's leakage by reason, tenant and deployment.
 * @param db one snapshot
 * @param read the month, where it is read already
 */
export async function leakageOfPeriod(db: Db, scope: LeakageScope, read?: MonthToBill): Promise<Leakage> {
  const { period, currency } = scope;
  const month = read ?? (await monthToBill(db, scope));
  const gone = await goneTies(db, period);
  // What each deployment was billed counts only where it holds what is gone.
  const margin = await marginWithCosts(db, { ...scope, withoutDeployments: gone.length === 0 });
  const { items: costs, at_billed_tenants } = await costItems(db, { period, month, ...margin });
  const items = [...costs, ...(await unbilledItems(db, { scope, month })), ...goneItems(gone, margin.margin)];
  return {
    period,
    currency,
    items,
    total_cents: costOf(items),
    at_billed_tenants,
    at_billed_tenants_cents: costOf(at_billed_tenants),
  };
}
