import type { Tone } from './values.tsx';

/** An item of the close list as a page names it, and the page where it is mended. */
interface CloseItemPage {
  label: string;
  /** @param link the path of the API, which has the filter */
  href(period: string, link: string): string;
}

const month = (period: string): string => period.slice(0, 7);

/** Each item of the close list: where a person goes to mend it. */
const closeItems: Readonly<Record<string, CloseItemPage>> = {
  metering: { label: 'Days metered', href: () => '/console/jobs?job=metering.day' },
  provider_invoice: {
    label: "Provider's invoice",
    href: (period) => `/console/costs?month=${month(period)}`,
  },
  unmatched: { label: 'Unmatched cost lines', href: (period) => `/console/costs?month=${month(period)}` },
  leakage: { label: 'Leakage', href: (period) => `/console/margin?period=${month(period)}#leakage` },
  drift: { label: 'Open drift', href: () => '/console/drift' },
  failed_jobs: { label: 'Failed jobs', href: () => '/console/jobs' },
  verify: {
    label: 'Verification',
    href: (_period, link) =>
      link.startsWith('/api/v1/projections') ? '/console/projections' : '/console/verifications',
  },
  unpriced: { label: 'Kinds without a price', href: () => '/console/catalog?part=prices' },
  unmetered: { label: 'Resources without usage', href: () => '/console/inventory' },
  not_billable: {
    label: 'Tenants not billable',
    href: (period) => `/console/preview?period=${month(period)}`,
  },
  profiles: { label: 'Customers without a profile', href: () => '/console/customers' },
  seller: { label: 'Seller', href: () => '/console/seller' },
  late_facts: {
    label: 'Late facts',
    href: (period) => `/console/invoices?period=${month(period)}&late=true`,
  },
  finance_ar: { label: 'Documents at finance', href: () => '/console/jobs?job=finance.ar' },
  lifecycle: { label: 'Lifecycle days', href: () => '/console/jobs?job=lifecycle.day' },
  last_month: {
    label: 'Earlier months',
    href: (_period, link) => link.replace('/api/v1/invoices', '/console'),
  },
};

/** The name of an item. */
export const closeItemLabel = (item: string): string => closeItems[item]?.label ?? item;

/** The page where an item is mended. */
export const closeItemHref = (item: string, period: string, link: string): string | undefined =>
  closeItems[item]?.href(period, link);

/** How an item stands, in words. */
export const closeStates: Readonly<Record<string, { tone: Tone; label: string }>> = {
  blocks: { tone: 'bad', label: 'blocks' },
  warns: { tone: 'warn', label: 'look at it' },
  ok: { tone: 'good', label: 'ok' },
};
