/** What of the month's invoices needs a look before they are issued: kinds, resources, tenants. */
import { customersOn } from '../../../projections/parties/customer-queries.ts';
import { unsentInvoices } from '../../../projections/deliveries/delivery-queries.ts';
import type { Db } from '../../database/db.ts';
import type { ExistingInvoice } from '../../../projections/invoicing/invoice-queries.ts';
import { sumCents } from '../../pricing/money.ts';
import { leakageOfPeriod } from '../leakage.ts';
import type { LeakageItem } from '../leakage-item.ts';
import type { MonthToBill } from '../month-to-bill.ts';
import { closeItem, firstNames, monthText, type CloseItem, type CloseScope } from './close-item.ts';
import { counted } from '../../runtime/counted.ts';

/** Tax is no leak that a person could stop; the month's issue bills the one, the other has its own item. */
const notCounted = new Set<LeakageItem['reason']>(['tax', 'awaiting-rollup', 'not-billable']);

/** What leaks of the month, with what it costs. */
export async function leakageItem(db: Db, scope: CloseScope, month: MonthToBill): Promise<CloseItem> {
  const { items, total_cents } = await leakageOfPeriod(db, scope, month);
  const left = items.filter(({ reason }) => !notCounted.has(reason));
  return closeItem('leakage', 'warns', {
    count: left.length,
    amount_cents: total_cents,
    ok: `Nothing of ${monthText(scope.period)} is known that no tenant is billed for.`,
    detail:
      `${counted(left.length, 'item')} of the month that no tenant is billed for ` +
      `(${firstNames([...new Set(left.map(({ reason }) => reason))])}).`,
    link: `/api/v1/dashboard/leakage?period=${monthText(scope.period)}`,
  });
}

type NotBilled = Pick<ExistingInvoice, 'unpriced' | 'unmetered'>;

/** What each invoice leaves out: those that stand and those that would be issued. */
const invoicesOf = ({ invoices, left }: MonthToBill): NotBilled[] => [
  ...[...invoices.values()].filter(({ status }) => status !== 'void'),
  ...left.results,
];

/** Kinds that were used and have neither a plan item nor a price: they are free. */
export function unpricedItem({ period }: Pick<CloseScope, 'period'>, month: MonthToBill): CloseItem {
  const kinds = new Set(
    invoicesOf(month).flatMap(({ unpriced }) => unpriced.map(({ resource_kind }) => resource_kind)),
  );
  const sorted = [...kinds].sort();
  return closeItem('unpriced', 'warns', {
    count: kinds.size,
    ok: `Every kind that was used in ${monthText(period)} has a price.`,
    detail: `${counted(kinds.size, 'kind')} that no price covers, used for free: ${firstNames(sorted)}.`,
    link: '/api/v1/catalog/resource-prices',
  });
}

/** Resources without usage records of some days, such as those whose size is not known. */
export function unmeteredItem({ period }: Pick<CloseScope, 'period'>, month: MonthToBill): CloseItem {
  const found = invoicesOf(month).flatMap(({ unmetered }) => unmetered);
  const resources = new Map(
    found.map(({ resource_id, resource_kind, reason }) => [resource_id, `${resource_kind}: ${reason}`]),
  );
  const why = [...new Set(resources.values())].sort();
  return closeItem('unmetered', 'warns', {
    count: resources.size,
    ok: `Every resource that is billed for ${monthText(period)} has usage of each metered day.`,
    detail: `${counted(resources.size, 'resource')} without usage on some days (${firstNames(why)}).`,
    link: `/api/v1/usage?period=${monthText(period)}`,
  });
}

/** Tenants whose month can't be computed or comes to more, or less, than an invoice may. */
export function notBillableItem({ period }: Pick<CloseScope, 'period'>, month: MonthToBill): CloseItem {
  const { not_billable } = month.left;
  const [first] = not_billable;
  return closeItem('not_billable', 'warns', {
    count: not_billable.length,
    ok: 'The month of every tenant can be billed.',
    detail:
      `${counted(not_billable.length, 'tenant')} without an invoice for ${monthText(period)}: ` +
      `${firstNames(not_billable.map(({ tenant_id }) => tenant_id))}. ${first?.tenant_id ?? ''}: ` +
      `${first?.reason ?? ''}.`,
    link: `/api/v1/invoices/preview?period=${monthText(period)}`,
  });
}

/**
 * Tenants that would be invoiced, or whose invoice of the month was never mailed, and that have no profile:
 * their invoice would name no customer. An erased profile is one. The amount is that of these invoices.
 */
export async function profilesItem(
  db: Db,
  { period, today }: Pick<CloseScope, 'period' | 'today'>,
  { invoices, left }: MonthToBill,
): Promise<CloseItem> {
  const unsent = (await unsentInvoices(db, { period })).flatMap(
    ({ tenant_id }) => invoices.get(tenant_id) ?? [],
  );
  const totals = new Map([...left.results, ...unsent].map((one) => [one.tenant_id, one.total_cents]));
  const profiles = await customersOn(db, [...totals.keys()], today);
  const without = [...totals.keys()].filter((tenant) => !profiles.has(tenant)).sort();
  return closeItem('profiles', 'blocks', {
    count: without.length,
    amount_cents: sumCents(without.map((tenant) => totals.get(tenant) ?? 0)),
    ok: `Every tenant with an invoice for ${monthText(period)} to be issued or sent has a profile.`,
    detail:
      `${counted(without.length, 'tenant')} without a profile: ${firstNames(without)}. ` +
      'Each needs one before its invoice goes out.',
    link: '/api/v1/customers',
  });
}
