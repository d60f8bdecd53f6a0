import type {
  BuyerView,
  DocumentLineView,
  InvoiceView,
  LineGroupView,
  SellerView,
  TaxView,
} from '../../documents/document-view.ts';
import type { InvoiceLine } from '../../events/invoicing.ts';
import type { DeploymentName } from '../../../projections/documents/content-queries.ts';
import { canonicalDecimal } from '../../pricing/decimals.ts';
import { totalOf } from '../../pricing/money.ts';
import type { Tax } from '../../pricing/tax.ts';

/** What an issue or a correction shows beside its lines. */
export type InvoiceHead = Omit<InvoiceView, 'groups' | 'taxes' | 'due_cents' | 'seller' | 'buyer'>;

/** The facts that a document is made of. */
export interface InvoiceFacts {
  head: InvoiceHead;
  seller: SellerView;
  buyer: BuyerView;
  /** In order, tax lines included. */
  lines: readonly InvoiceLine[];
  names: ReadonlyMap<string, DeploymentName>;
  /** The tax of the invoice. */
  tax: Tax;
}

/** The content of a document: its lines by deployment, and what each rate of tax comes to. */
export function invoiceView({ head, seller, buyer, lines, names, tax }: InvoiceFacts): InvoiceView {
  return {
    ...head,
    seller,
    buyer,
    groups: groupsOf(
      lines.filter(({ kind }) => kind !== 'tax'),
      names,
    ),
    taxes: taxesOf(lines, head, tax),
    due_cents: head.total_cents - head.paid_cents,
  };
}

/** Deployments in the order of their first lines. */
function groupsOf(
  lines: readonly InvoiceLine[],
  names: ReadonlyMap<string, DeploymentName>,
): LineGroupView[] {
  const groups = new Map<string | null, InvoiceLine[]>();
  for (const line of lines) {
    const group = groups.get(line.deployment_id);
    if (group === undefined) groups.set(line.deployment_id, [line]);
    else group.push(line);
  }
  return [...groups].map(([deployment_id, own]) => {
    const name = deployment_id === null ? undefined : names.get(deployment_id);
    return {
      deployment_id,
      slug: name?.slug ?? null,
      display_name: name?.display_name ?? null,
      lines: own.map(lineView),
      subtotal_cents: totalOf(own),
    };
  });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function lineView({ meta, ...line }: InvoiceLine): DocumentLineView {
  return { ...line, from: textOf(meta['from']), to: textOf(meta['to']) };
}

/**
 * Tax by name and rate. A document without a tax line shows the rate that it bears, so that a reader finds
 * zero percent stated.
 */
function taxesOf(
  lines: readonly InvoiceLine[],
  { subtotal_cents, tax_cents }: Pick<InvoiceHead, 'subtotal_cents' | 'tax_cents'>,
  tax: Tax,
): TaxView[] {
  const taxed = lines
    .filter(({ kind }) => kind === 'tax')
    .map(({ meta, amount_cents }) => ({
      name: textOf(meta['tax_name']) ?? tax.name,
      rate: canonicalDecimal(textOf(meta['tax_rate']) ?? tax.rate),
      taxable_cents: Number.isSafeInteger(meta['subtotal_cents']) ? (meta['subtotal_cents'] as number) : 0,
      tax_cents: amount_cents,
    }));
  const [only, second] = taxed;
  if (second !== undefined) return taxed;
  const { name, rate } = only ?? { name: tax.name, rate: canonicalDecimal(tax.rate) };
  return [{ name, rate, taxable_cents: subtotal_cents, tax_cents }];
}
