import type { ArCandidate } from '../../../projections/deliveries/ar-queries.ts';
import type { CustomerRow } from '../../../projections/parties/customer-queries.ts';
import type { InvoiceLineRow } from '../../../projections/invoicing/invoice-queries.ts';
import { issueNumber } from '../../events/document-number.ts';
import type { ArPayload } from '../../finance/ar-payload.ts';
import { contentHash } from '../../ledger/content-parts.ts';

/** Whether its amounts count: a void document and a reversed payment come to nothing. */
const counts = ({ status }: Pick<ArCandidate, 'status'>): boolean =>
  status === 'issued' || status === 'received';

/**
 * A name for the content of a document. Personal fields are in it as they are sealed, so that it says nothing
 * about them.
 * @param customer the profile on the day of the document; null: there is none
 */
export function arContentHash(
  { pushed_hash: _pushed, compared_hash: _compared, ...document }: ArCandidate,
  customer: Pick<CustomerRow, 'legal_name' | 'tax_id'> | null,
): string {
  const { legal_name = null, tax_id = null } = customer ?? {};
  return contentHash({ document, customer: { legal_name, tax_id } });
}

/**
 * The body of a document's import.
 * @param customer opened; null: there is no profile, or it is erased
 */
export function arPayload(
  document: ArCandidate,
  customer: { legal_name: string; tax_id: string | null } | null,
  lines: readonly Pick<InvoiceLineRow, 'line_no' | 'description' | 'kind' | 'amount_cents'>[],
): ArPayload {
  const { external_id, kind, status, tenant_id, number, refers_to } = document;
  const { issued_on, due_on, period_start, period_end, currency } = document;
  const isCounted = counts(document);
  return {
    tenant_id: 'platform-admin',
    source: 'arcadia-cloud',
    ...{ external_id, kind, status },
    customer: { tenant_id, legal_name: customer?.legal_name ?? null, tax_id: customer?.tax_id ?? null },
    number: number === null ? null : issueNumber(number, document.issue_no),
    ...{ issued_on, due_on, period_start, period_end, currency },
    refers_to: refers_to === null ? null : issueNumber(refers_to, document.refers_to_issue ?? 1),
    amount_net_minor: isCounted ? document.net_cents : 0,
    amount_tax_minor: isCounted ? document.tax_cents : 0,
    amount_gross_minor: isCounted ? document.gross_cents : 0,
    lines: isCounted
      ? lines.map((line) => ({
          line_no: line.line_no,
          description: line.description,
          kind: line.kind,
          amount_minor: line.amount_cents,
          is_tax: line.kind === 'tax',
        }))
      : [],
  };
}
