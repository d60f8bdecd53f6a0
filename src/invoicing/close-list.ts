/** What stands between a month and its issue (spec 19). */
import { subscriptionHistories } from '../../projections/deployments/invoicing-queries.ts';
import { isProviderKnown, providerInvoicesOf } from '../../projections/costs/provider-invoice-queries.ts';
import type { Db } from '../database/db.ts';
import type { CloseItem, CloseScope } from './close/close-item.ts';
import { driftItem } from './close/drift.ts';
import { failedJobsItem } from './close/failed-jobs.ts';
import { lateFactsItem } from './close/late-facts.ts';
import { meteringItem } from './close/metering.ts';
import { providerInvoiceItem, unmatchedItem } from './close/provider-costs.ts';
import { sellerItem } from './close/seller.ts';

/**
 * Lists what stands between a month and its issue: every item, in a fixed order, `ok` where there is nothing.
 * A month that runs, or has not begun, is judged by what it is so far.
 * @param db one snapshot
 */
export async function closeList(db: Db, scope: CloseScope): Promise<CloseItem[]> {
  const { period } = scope;
  const histories = await subscriptionHistories(db, { period });
  const invoices = await providerInvoicesOf(db, period);
  return [
    await meteringItem(db, scope, histories),
    providerInvoiceItem(scope, { invoices, isAnyKnown: invoices.length > 0 || (await isProviderKnown(db)) }),
    await unmatchedItem(db, scope),
    await driftItem(db),
    failedJobsItem(
      scope,
      invoices.map(({ uuid }) => uuid),
    ),
    await sellerItem(db, scope),
    await lateFactsItem(db, scope),
  ];
}
