/** What stands between a month and its issue (spec 19). */
import {
  latestProviderPeriod,
  providerInvoicesOf,
} from '../../projections/costs/provider-invoice-queries.ts';
import type { Db } from '../database/db.ts';
import { leakageItem, notBillableItem, profilesItem, unmeteredItem, unpricedItem } from './close/billing.ts';
import type { CloseItem, CloseScope } from './close/close-item.ts';
import { driftItem } from './close/drift.ts';
import { failedJobsItem } from './close/failed-jobs.ts';
import { financeArItem } from './close/finance-ar.ts';
import { lastMonthItem } from './close/last-month.ts';
import { lateFactsItem } from './close/late-facts.ts';
import { lifecycleItem } from './close/lifecycle.ts';
import { meteringItem } from './close/metering.ts';
import { providerInvoiceItem, unmatchedItem } from './close/provider-costs.ts';
import { sellerItem } from './close/seller.ts';
import { verifyItem } from './close/verify.ts';
import { monthToBill } from './month-to-bill.ts';

/**
 * Lists what stands between a month and its issue: every item, in a fixed order, `ok` where there is nothing.
 * A month that runs, or has not begun, is judged by what it is so far.
 * @param db one snapshot
 */
export async function closeList(db: Db, scope: CloseScope): Promise<CloseItem[]> {
  const { period } = scope;
  const month = await monthToBill(db, scope);
  const [invoices, latest] = await Promise.all([providerInvoicesOf(db, period), latestProviderPeriod(db)]);
  // Alone: it reads a whole month of usage with settings of its own, which no other query should meet.
  const verify = await verifyItem(db, scope, month);
  const [metering, unmatched, leakage, drift, profiles, seller, lateFacts, financeAr, lifecycle, lastMonth] =
    await Promise.all([
      meteringItem(db, scope, month.facts),
      unmatchedItem(db, scope),
      leakageItem(db, scope, month),
      driftItem(db, scope),
      profilesItem(db, scope, month),
      sellerItem(db, scope),
      lateFactsItem(db, scope),
      financeArItem(db, scope),
      lifecycleItem(db, scope),
      lastMonthItem(db, scope, month.facts),
    ]);
  return [
    metering,
    providerInvoiceItem(scope, { invoices, latest }),
    unmatched,
    leakage,
    drift,
    failedJobsItem(
      scope,
      invoices.map(({ uuid }) => uuid),
    ),
    verify,
    unpricedItem(scope, month),
    unmeteredItem(scope, month),
    notBillableItem(scope, month),
    profiles,
    seller,
    lateFacts,
    financeAr,
    lifecycle,
    lastMonth,
  ];
}
