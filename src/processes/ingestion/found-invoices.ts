import type { BillingHistoryEntry, ListedProviderInvoice } from '../../digitalocean/billing-api.ts';
import type { DiscoverProviderInvoiceInput } from '../../../commands/costs/discover-provider-invoice.ts';
import { addMonths, dayOf } from '../../pricing/calendar.ts';

/**
 * Every invoice that the provider's list or billing history names, each once, by uuid. The list tells an
 * invoice's period. An invoice that so far only the history shows is taken as one for the month before its
 * date (invoices are issued on the 1st for the month before); its ingestion reads the real period. A row
 * without a date waits for the list.
 */
export function foundInvoices(
  listed: readonly ListedProviderInvoice[],
  history: readonly BillingHistoryEntry[],
): DiscoverProviderInvoiceInput[] {
  const found = new Map<string, DiscoverProviderInvoiceInput>();
  for (const { uuid, invoice_id, period, amount_cents } of listed) {
    found.set(uuid, { invoice_uuid: uuid, invoice_id, period, amount_cents });
  }
  for (const { type, invoice_uuid, invoice_id, amount_cents, date } of history) {
    if (type !== 'Invoice' || invoice_uuid === null || date === null || found.has(invoice_uuid)) continue;
    found.set(invoice_uuid, { invoice_uuid, invoice_id, period: addMonths(dayOf(date), -1), amount_cents });
  }
  return [...found.values()];
}
