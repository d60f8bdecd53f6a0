/**
 * What of a month is not billed to any tenant. Every accepted fact is billed, or listed here or on an invoice
 * (spec 4, 11).
 */
import { resourcePricesAt } from '../../projections/catalog/price-queries.ts';
import { lateFacts, voidInvoicesWithLateFacts } from '../../projections/invoicing/late-fact-queries.ts';
import type { IssueOfMonth, LateFact } from '../../projections/invoicing/late-facts.ts';
import type { Db } from '../database/db.ts';
import { refuseTooLarge } from '../pricing/billable.ts';
import { lastDay } from '../pricing/calendar.ts';
import { convertCents, roundToCents, shiftDecimal, sumCents, sumDecimals } from '../pricing/money.ts';
import { pricesInForce, type PricesInForce } from '../pricing/resource-prices.ts';
import { unitFactor, type Json } from '../pricing/types.ts';
import { groupBy } from '../runtime/group-by.ts';
import { monthToBill, type MonthScope, type MonthToBill } from './month-to-bill.ts';
import { unbilledOfPeriod, type UnbilledOfTenant } from './unbilled.ts';

/** Why something is not billed. */
export const leakageReasons = [
  'unbilled-usage',
  'not-billable',
  'awaiting-rollup',
  'late-on-void-invoice',
] as const;

/** One thing that is not billed. */
interface LeakageItem {
  reason: (typeof leakageReasons)[number];
  tenant_id: string;
  /** Null: the tenant's month as a whole. */
  deployment_id: string | null;
  resource_kind: string | null;
  /** Exact, in base units. */
  qty: string | null;
  /** Before tax; null where no price applies, or it comes to more than a month can. */
  amount_cents: number | null;
  /** Further facts, by reason. */
  detail: Record<string, Json>;
}

/** A month's leakage. The total is the sum of the known amounts. */
export interface Leakage {
  period: string;
  currency: string;
  items: LeakageItem[];
  total_cents: number;
}

export interface LeakageScope extends MonthScope {
  /** UTC day. A month that has not ended does not await a rollup. */
  today: string;
}

interface Source {
  scope: LeakageScope;
  month: MonthToBill;
}

/** Where items come from, in the order of the answer. */
const sources: readonly ((db: Db, source: Source) => Promise<LeakageItem[]> | LeakageItem[])[] = [
  unbilledUsage,
  monthsWithoutInvoice,
  lateOnVoidInvoices,
];

/**
 * Lists a month's leakage by reason, tenant and deployment.
 * @param db one snapshot
 * @param read the month, where it is read already
 */
export async function leakageOfPeriod(db: Db, scope: LeakageScope, read?: MonthToBill): Promise<Leakage> {
  const { period, currency } = scope;
  const month = read ?? (await monthToBill(db, scope));
  const items: LeakageItem[] = [];
  for (const source of sources) items.push(...(await source(db, { scope, month })));
  const known = items.map(({ amount_cents }) => amount_cents).filter((cents) => cents !== null);
  return { period, currency, items, total_cents: sumCents(known) };
}

/** Usage of days that were not in force; `invoice_id` where the tenant's invoice lists it too. */
async function unbilledUsage(db: Db, { scope: { period }, month }: Source): Promise<LeakageItem[]> {
  const day = lastDay(period);
  const prices = pricesInForce(await resourcePricesAt(db, { onDay: day }), day);
  return unbilledOfPeriod(period, month.deployments).map((usage): LeakageItem => {
    const { tenant_id, deployment_id, resource_kind, qty, reason } = usage;
    const invoice_id = month.invoices.get(tenant_id)?.invoice_id ?? null;
    return {
      reason: 'unbilled-usage',
      tenant_id,
      deployment_id,
      resource_kind,
      qty,
      amount_cents: priceOf(usage, prices),
      detail: { not_in_force: reason, invoice_id },
    };
  });
}

/** What the usage would cost at the resource price; null without a price, and beyond what can be billed. */
function priceOf({ resource_kind, qty }: UnbilledOfTenant, prices: PricesInForce): number | null {
  const price = prices.get(resource_kind);
  if (price === undefined) return null;
  const places = String(unitFactor(price.unit)).length - 1;
  return amountOrNull(() => convertCents(price.price_cents, shiftDecimal(qty, places)));
}

/** The amount; null beyond what can be billed, so that one item never takes the sum out of range. */
function amountOrNull(compute: () => number): number | null {
  try {
    const cents = compute();
    refuseTooLarge(cents);
    return cents;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Tenants without an invoice whose month can't be billed, or has ended and is billed by the next rollup. */
function monthsWithoutInvoice(_db: Db, { scope: { period, today }, month }: Source): LeakageItem[] {
  const { results, not_billable } = month.left;
  const whole = { deployment_id: null, resource_kind: null, qty: null };
  const left = not_billable.map(({ tenant_id, reason }): LeakageItem => ({
    reason: 'not-billable',
    tenant_id,
    ...whole,
    amount_cents: null,
    detail: { because: reason },
  }));
  const waiting = today > lastDay(period) ? results : [];
  return [
    ...left,
    ...waiting.map(({ tenant_id, subtotal_cents }): LeakageItem => ({
      reason: 'awaiting-rollup',
      tenant_id,
      ...whole,
      amount_cents: subtotal_cents,
      detail: {},
    })),
  ];
}

/** Late facts of invoices that are void and not issued anew, by deployment and kind of fact. */
async function lateOnVoidInvoices(db: Db, { scope: { period } }: Source): Promise<LeakageItem[]> {
  const items: LeakageItem[] = [];
  for (const issue of await voidInvoicesWithLateFacts(db, period))
    items.push(...lateItems(issue, await lateFacts(db, issue)));
  return items;
}

/** What a late fact charges, exact cents; empty where it charges nothing by itself. */
function chargeOf(fact: LateFact): string[] {
  if (fact.kind === 'llm_usage') return [fact.detail.charge_cents];
  return fact.kind === 'charge' ? [String(fact.detail.amount_cents)] : [];
}

function lateItems({ tenant_id, invoice_id }: IssueOfMonth, facts: readonly LateFact[]): LeakageItem[] {
  const groups = groupBy(facts, ({ deployment_id, kind }) => JSON.stringify([deployment_id, kind]));
  return [...groups.values()].map((group): LeakageItem => {
    const [{ deployment_id, kind }] = group;
    const days = group.map(({ day }) => day).sort();
    const charges = group.flatMap(chargeOf);
    return {
      reason: 'late-on-void-invoice',
      tenant_id,
      deployment_id,
      resource_kind: null,
      qty: null,
      amount_cents: charges.length === 0 ? null : amountOrNull(() => roundToCents(sumDecimals(charges))),
      detail: {
        invoice_id,
        kind,
        facts: group.length,
        first_day: days[0] ?? null,
        last_day: days.at(-1) ?? null,
      },
    };
  });
}
