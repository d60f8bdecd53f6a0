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
  const histories = month.deployments.flatMap(({ deployments }) => deployments.map(({ facts }) => facts));
  const invoices = await providerInvoicesOf(db, period);
  const latest = await latestProviderPeriod(db);
  return [
    await meteringItem(db, scope, histories),
    providerInvoiceItem(scope, { invoices, latest }),
    await unmatchedItem(db, scope),
    await leakageItem(db, scope, month),
    await driftItem(db, scope),
    failedJobsItem(
      scope,
      invoices.map(({ uuid }) => uuid),
    ),
    await verifyItem(db, scope, month),
    unpricedItem(scope, month),
    unmeteredItem(scope, month),
    notBillableItem(scope, month),
    await profilesItem(db, scope, month),
    await sellerItem(db, scope),
    await lateFactsItem(db, scope),
    await financeArItem(db, scope),
    await lifecycleItem(db, scope),
    await lastMonthItem(db, scope, histories),
  ];
}
