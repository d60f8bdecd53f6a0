/** Which stream holds the events of an object, and which page shows the object of a stream. */
import { addonStream } from '../../commands/catalog/addon.ts';
import { planStream } from '../../commands/catalog/plan.ts';
import { templateStream } from '../../commands/catalog/template.ts';
import { providerInvoiceStream } from '../../commands/costs/provider-invoice.ts';
import { deliveryStream } from '../../commands/deliveries/delivery.ts';
import { deploymentStream } from '../../commands/deployments/deployment.ts';
import { documentStream } from '../../commands/documents/document.ts';
import { projectStream } from '../../commands/inventory/project.ts';
import { resourceStream } from '../../commands/inventory/resource.ts';
import { invoiceStream } from '../../commands/invoicing/invoice.ts';
import { customerStream } from '../../commands/parties/customer.ts';
import { sellerStream } from '../../commands/parties/seller.ts';
import { accountStream } from '../../commands/receivables/account.ts';

/** The streams of objects by what identifies each. */
export const streams = {
  /** By code. */
  addon: addonStream,
  plan: planStream,
  template: templateStream,
  /** By id. */
  delivery: deliveryStream,
  deployment: deploymentStream,
  document: documentStream,
  invoice: invoiceStream,
  project: projectStream,
  resource: resourceStream,
  /** By the provider's uuid. */
  providerInvoice: providerInvoiceStream,
  /** By tenant. */
  customer: customerStream,
  /** Payments, refunds and what they pay, by tenant. */
  account: accountStream,
  seller: (): string => sellerStream,
} as const;

/** A page of the console, and what it is called. */
export interface PageOfObject {
  label: string;
  href: string;
}

type Data = Readonly<Record<string, unknown>>;

const textIn = (data: Data, name: string): string | null => {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

const idAfter = (stream: string, prefix: string): string | null =>
  stream.startsWith(prefix) && stream.length > prefix.length ? stream.slice(prefix.length) : null;

const inPath = encodeURIComponent;

/**
 * The pages of objects whose id is the rest of their stream's name. A name that begins like several has the
 * first one that fits.
 */
const byId: readonly (readonly [prefix: string, label: string, path: (id: string) => string])[] = [
  ['provider-invoice-', 'Provider invoice', (id) => `/console/costs/${inPath(id)}`],
  ['invoice-numbers-', 'Invoices', () => '/console/invoices'],
  ['correction-numbers-', 'Credit and debit notes', () => '/console/corrections'],
  ['invoice-lines-', 'Invoices', () => '/console/invoices'],
  ['invoice-', 'Invoice', (id) => `/console/invoices/${inPath(id)}`],
  ['deployment-', 'Deployment', (id) => `/console/deployments/${inPath(id)}`],
  ['resource-', 'Resource', (id) => `/console/inventory/${inPath(id)}`],
  ['rollup-', 'Close', (period) => `/console/close?period=${inPath(period.slice(0, 7))}`],
  ['tax-rates', 'Taxes and rates', () => '/console/rates'],
  ['fx-', 'Taxes and rates', () => '/console/rates'],
];

/** The pages that events of other streams are about, by a member of their data. */
const byMember: readonly (readonly [name: string, label: string, path: (value: string) => string])[] = [
  ['invoice_id', 'Invoice', (id) => `/console/invoices/${inPath(id)}`],
  ['correction_id', 'Note', (id) => `/console/corrections/${inPath(id)}`],
  ['payment_id', 'Payment', (id) => `/console/payments/${inPath(id)}`],
  ['deployment_id', 'Deployment', (id) => `/console/deployments/${inPath(id)}`],
  ['resource_id', 'Resource', (id) => `/console/inventory/${inPath(id)}`],
  ['invoice_uuid', 'Provider invoice', (id) => `/console/costs/${inPath(id)}`],
  ['tenant_id', 'Customer', (id) => `/console/customers/${inPath(id)}`],
  ['plan_code', 'Plan', (code) => `/console/catalog/plans/${inPath(code)}`],
];

/** The pages of the console about what an event is about, the object of its stream first. */
export function pagesOfEvent({ stream, data }: { stream: string; data: unknown }): PageOfObject[] {
  const fields: Data = typeof data === 'object' && data !== null ? (data as Data) : {};
  const found: PageOfObject[] = [];
  const add = (label: string, href: string): void => {
    if (!found.some((one) => one.href === href)) found.push({ label, href });
  };
  for (const [prefix, label, path] of byId) {
    const id = idAfter(stream, prefix) ?? (stream === prefix ? '' : null);
    if (id === null) continue;
    add(label, path(id));
    break;
  }
  if (stream === sellerStream) add('Seller', '/console/seller');
  for (const [name, label, path] of byMember) {
    const value = textIn(fields, name);
    if (value !== null) add(label, path(value));
  }
  return found;
}

/** Where a found object is shown, by its kind in the search; null where it has no page. */
export function pageOfFound({ kind, id }: { kind: string; id: string }, isAdmin: boolean): string | null {
  const path = isAdmin ? adminPages[kind] : accountPages[kind];
  return path === undefined ? null : path(id);
}

const adminPages: Readonly<Record<string, (id: string) => string>> = {
  customer: (id) => `/console/customers/${inPath(id)}`,
  deployment: (id) => `/console/deployments/${inPath(id)}`,
  invoice: (id) => `/console/invoices/${inPath(id)}`,
  credit_note: (id) => `/console/corrections/${inPath(id)}`,
  debit_note: (id) => `/console/corrections/${inPath(id)}`,
  payment: (id) => `/console/payments/${inPath(id)}`,
  resource: (id) => `/console/inventory/${inPath(id)}`,
  plan: (id) => `/console/catalog/plans/${inPath(id)}`,
  provider_invoice: (id) => `/console/costs/${inPath(id)}`,
  cost_line: (id) => `/console/costs/${inPath(id.split(':', 1)[0] ?? '')}`,
};

const accountPages: Readonly<Record<string, (id: string) => string>> = {
  customer: () => '/console/account/profile',
  deployment: (id) => `/console/account/deployments/${inPath(id)}`,
  invoice: (id) => `/console/account/invoices/${inPath(id)}`,
  // A note is on no page of its own: its document is all of it.
  credit_note: (id) => `/console/files/corrections/${inPath(id)}.pdf`,
  debit_note: (id) => `/console/files/corrections/${inPath(id)}.pdf`,
  payment: () => '/console/account/payments',
  plan: () => '/console/account/quote',
};
