import type { BillingHistoryEntry, ListedProviderInvoice } from '../../digitalocean/billing-api.ts';
import type { DiscoverProviderInvoice } from '../../../commands/costs/discover-provider-invoice.ts';
import { addMonths, dayOf } from '../../pricing/calendar.ts';

/**
 * Every invoice of the provider's list or billing history, each once. One that only the history has yet gets
 * the month before its date as its period, since invoices are issued on the 1st for the month before; its
 * ingestion reads the real one. An entry without a date is left out until the list has it.
 */
export function foundInvoices(
  listed: readonly ListedProviderInvoice[],
  history: readonly BillingHistoryEntry[],
): DiscoverProviderInvoice[] {
  const found = new Map<string, DiscoverProviderInvoice>();
  for (const { uuid, invoice_id, period, amount_cents } of listed) {
    found.set(uuid, { invoice_uuid: uuid, invoice_id, period, amount_cents });
  }
  for (const { type, invoice_uuid, invoice_id, amount_cents, date } of history) {
    if (type !== 'Invoice' || invoice_uuid === null || date === null || found.has(invoice_uuid)) continue;
    found.set(invoice_uuid, { invoice_uuid, invoice_id, period: addMonths(dayOf(date), -1), amount_cents });
  }
  return [...found.values()];
}
