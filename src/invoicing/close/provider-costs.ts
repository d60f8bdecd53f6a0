import { unmatchedOfPeriod } from '../../../projections/costs/cost-queries.ts';
import { type ProviderInvoiceState } from '../../../projections/costs/provider-invoice-queries.ts';
import type { Db } from '../../database/db.ts';
import { money } from '../../pricing/amount-text.ts';
import { sumCents } from '../../pricing/money.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** The provider's invoices of a month, and the latest month of which one is known; null: none is. */
export interface ProviderInvoices {
  invoices: readonly ProviderInvoiceState[];
  latest: string | null;
}

/**
 * The provider's invoice of the month: discovered, ingested, and its lines come to its amount. Without a
 * provider there is nothing to wait for, nor where it has billed a later month and this one not.
 */
export function providerInvoiceItem(
  { period, hasProvider }: CloseScope,
  { invoices, latest }: ProviderInvoices,
): CloseItem {
  const month = monthText(period);
  const wrong = invoices.filter((invoice) => faultOf(invoice) !== null);
  const unseen = invoices.filter(({ reissue }) => reissue?.ingested === true);
  if (wrong.length === 0 && unseen.length > 0) return reissuedItem(unseen);
  const isMissing = invoices.length === 0 && (latest === null ? hasProvider : latest < period);
  return closeItem('provider_invoice', 'blocks', {
    count: isMissing ? 1 : wrong.length,
    amount_cents: isMissing ? null : sumCents(wrong.map(concerned)),
    ok:
      invoices.length === 0
        ? latest === null
          ? 'No provider is configured, and no invoice of one is known.'
          : `The provider has billed later months, and nothing for ${month}.`
        : `${counted(invoices.length, 'invoice')} of the provider for ${month}, ingested to the cent.`,
    detail: isMissing
      ? `No invoice of the provider for ${month} is known. Run job billing.history once there is one.`
      : `${firstNames(
          wrong.map((invoice) => `${invoice.uuid} ${faultOf(invoice) ?? ''}`),
          1,
        )}.`,
    link: '/api/v1/billing/invoices',
  });
}

/** Invoices whose lines were replaced since the provider had issued them, which an operator has not seen. */
function reissuedItem(unseen: readonly ProviderInvoiceState[]): CloseItem {
  const changes = unseen.map(({ reissue, amount_cents }) =>
    Math.abs(amount_cents - (reissue?.before.amount_cents ?? amount_cents)),
  );
  return closeItem('provider_invoice', 'warns', {
    count: unseen.length,
    amount_cents: sumCents(changes),
    ok: '',
    detail: `${firstNames(unseen.map(({ uuid }) => uuid))}: issued anew by the provider, and ingested again.`,
    link: '/api/v1/billing/invoices',
  });
}

function faultOf(invoice: ProviderInvoiceState): string | null {
  const { status, error, difference_cents, currency, reissue } = invoice;
  if (status === 'discovered') return error === null ? 'is not ingested yet' : `is not ingested: ${error}`;
  if (reissue?.ingested === false)
    return reissue.replaced_by === null
      ? 'was issued anew by the provider: ingest it again'
      : `counts beside ${reissue.replaced_by}, which the provider lists in its place`;
  if (difference_cents === null || difference_cents === 0) return null;
  return `differs from the sum of its lines by ${money(difference_cents)} ${currency}`;
}

function concerned({ status, amount_cents, difference_cents, reissue }: ProviderInvoiceState): number {
  if (status === 'discovered') return amount_cents;
  if (reissue?.ingested === false)
    return reissue.replaced_by === null ? Math.abs(reissue.amount_cents - amount_cents) : amount_cents;
  return Math.abs(difference_cents ?? 0);
}

/** Cost lines of the month that are matched to no resource, in the provider's currency. */
export async function unmatchedItem(db: Db, { period }: CloseScope): Promise<CloseItem> {
  const { lines, total_cents } = await unmatchedOfPeriod(db, period);
  return closeItem('unmatched', 'warns', {
    count: lines,
    amount_cents: total_cents,
    ok: `Every cost line of ${monthText(period)} that is no tax is matched to a resource.`,
    detail: `${counted(lines, 'cost line')} without a resource: no tenant bears that cost.`,
    link: `/api/v1/billing/cost-lines?period=${monthText(period)}&matched=false`,
  });
}
