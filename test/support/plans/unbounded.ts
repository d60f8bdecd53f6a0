/** A route, or some of its addresses, that reads a growing table by nature, or still does. */
interface Unbounded {
  path: string;
  /** Default: the whole route. */
  addresses?: RegExp;
  reason: string;
}

const asOfDay = 'what customers owed on a day is computed from all that was issued and paid before';

const unbounded: readonly Unbounded[] = [
  { path: '/api/v1/receivables', reason: asOfDay },
  { path: '/api/v1/tenants', reason: asOfDay },
  { path: '/api/v1/search', reason: 'a text anywhere in names and numbers' },
  { path: '/api/v1/dashboard/margin/months', reason: 'the margin of each month' },
  { path: '/api/v1/dashboard/cost-alerts', reason: 'the balances of all months that it compares' },
  { path: '/api/v1/invoices/close', reason: 'checks the hashes of the last events, so many at any size' },
  {
    path: '/api/v1/invoices',
    addresses: /[?&](status|overdue|late|mail|summary|format)=|sort=-?open/,
    reason: 'computed from payments, notes and mailings of each invoice; a month or a tenant bounds it',
  },
  {
    path: '/api/v1/usage',
    addresses: /usage$|[?&]resource_kind=/,
    reason: 'the sum of all records; a month or a deployment bounds it',
  },
  {
    path: '/api/v1/billing/cost-lines',
    addresses: /cost-lines$|[?&](q|kind|matched|project|format)=/,
    reason: 'all lines of all provider invoices, with their sum; a month or an invoice bounds it',
  },
  { path: '/api/v1/finance/ar', addresses: /status=/, reason: 'computed from what was compared' },
  {
    path: '/api/v1/usage/forecast',
    reason: "a tenant's ties are joined with all resources of their kinds, as long as these are few",
  },
  {
    path: '/api/v1/events',
    addresses: /format=ndjson|[?&]type=/,
    reason: "an export; and the sample's pages hold more types than their summaries are made for",
  },
  { path: '/api/v1/payments', addresses: /format=csv/, reason: 'an export of all payments' },
];

/** Why a route (the address empty), or one of its addresses, is not measured; null: it is. */
export function reasonOf(path: string, address: string): string | null {
  const found = unbounded.find(
    ({ path: of, addresses }) => of === path && (addresses === undefined || addresses.test(address)),
  );
  return found?.reason ?? null;
}
