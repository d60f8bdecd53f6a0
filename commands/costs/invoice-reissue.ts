import type { ProviderInvoiceEvent } from '../../src/events/costs.ts';
import type { InvoiceReissue, ProviderInvoiceState } from './provider-invoice.ts';

/** What the provider has for an invoice now; `lines_hash` null where its lines were not read. */
export interface ReissuedContent {
  amount_cents: number;
  lines_hash: string | null;
  /** The invoice of the same month that stands in its place. */
  replaced_by: string | null;
}

/** The event of a reissue of an ingested invoice; none for one that is recorded already. */
export function reissued(
  invoice_uuid: string,
  { ingested: before, reissue }: ProviderInvoiceState,
  content: ReissuedContent,
  ingested: boolean,
): ProviderInvoiceEvent[] {
  if (before === null || (reissue !== null && isSame(reissue, content))) return [];
  const { amount_cents, lines, lines_total_cents, lines_hash } = before;
  return [
    {
      type: 'ProviderInvoiceReissued',
      data: {
        invoice_uuid,
        ingested,
        ...content,
        before: { amount_cents, lines, lines_total_cents, lines_hash },
      },
    },
  ];
}

/** The event that ends an open reissue; none where there is none. */
export function reissueEnded(
  invoice_uuid: string,
  { reissue }: ProviderInvoiceState,
  because: 'seen' | 'ingested' | 'withdrawn',
): ProviderInvoiceEvent[] {
  if (reissue === null || !reissue.open) return [];
  return [{ type: 'ProviderInvoiceReissueEnded', data: { invoice_uuid, because } }];
}

/** Lines that are not known on one side do not make another reissue. */
function isSame(known: InvoiceReissue, { amount_cents, lines_hash, replaced_by }: ReissuedContent): boolean {
  if (known.replaced_by !== replaced_by || known.amount_cents !== amount_cents) return false;
  return known.lines_hash === null || lines_hash === null || known.lines_hash === lines_hash;
}
