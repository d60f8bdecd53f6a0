/** What of a month was used and no invoice bills: it is no cost, and has a value where one is known. */
import { resourcePricesAt } from '../../projections/catalog/price-queries.ts';
import { lateFacts, voidInvoicesWithLateFacts } from '../../projections/invoicing/late-fact-queries.ts';
import type { IssueOfMonth, LateFact } from '../../projections/invoicing/late-facts.ts';
import type { Db } from '../database/db.ts';
import { mostMonthCents } from '../pricing/billable.ts';
import { lastDay } from '../pricing/calendar.ts';
import { convertCents, roundToCents, shiftDecimal, sumDecimals } from '../pricing/money.ts';
import { pricesInForce, type PricesInForce } from '../pricing/resource-prices.ts';
import { unitFactor } from '../pricing/types.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { LeakageItem, LeakageScope } from './leakage-item.ts';
import type { MonthToBill } from './month-to-bill.ts';
import type { UnbilledOfTenant } from './unbilled.ts';

interface Source {
  scope: LeakageScope;
  month: MonthToBill;
}

/**
 * The items of a month that are no cost, by reason, tenant and deployment.
 * @param db one snapshot
 */
export async function unbilledItems(db: Db, source: Source): Promise<LeakageItem[]> {
  return [
    ...(await unbilledUsage(db, source)),
    ...monthsWithoutInvoice(source),
    ...(await lateOnVoidInvoices(db, source)),
  ];
}

/** Usage of days that were not in force; `invoice_id` where the tenant's invoice lists it too. */
async function unbilledUsage(db: Db, { scope: { period }, month }: Source): Promise<LeakageItem[]> {
  const day = lastDay(period);
  const prices = pricesInForce(await resourcePricesAt(db, { onDay: day }), day);
  return month.unbilled.map((usage): LeakageItem => {
    const { tenant_id, deployment_id, resource_kind, qty, reason } = usage;
    const invoice_id = month.invoices.get(tenant_id)?.invoice_id ?? null;
    return {
      reason: 'unbilled-usage',
      tenant_id,
      deployment_id,
      resource_kind,
      qty,
      amount_cents: null,
      value_cents: priceOf(usage, prices),
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
    return Math.abs(cents) <= mostMonthCents ? cents : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Tenants without an invoice whose month can't be billed, or has ended and is billed by the next rollup. */
function monthsWithoutInvoice({ scope: { period, today }, month }: Source): LeakageItem[] {
  const { results, not_billable } = month.left;
  const whole = { deployment_id: null, resource_kind: null, qty: null };
  const left = not_billable.map(({ tenant_id, reason }): LeakageItem => ({
    reason: 'not-billable',
    tenant_id,
    ...whole,
    amount_cents: null,
    value_cents: null,
    detail: { because: reason },
  }));
  const waiting = today > lastDay(period) ? results : [];
  return [
    ...left,
    ...waiting.map(({ tenant_id, subtotal_cents }): LeakageItem => ({
      reason: 'awaiting-rollup',
      tenant_id,
      ...whole,
      amount_cents: null,
      value_cents: subtotal_cents,
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
      amount_cents: null,
      value_cents: charges.length === 0 ? null : amountOrNull(() => roundToCents(sumDecimals(charges))),
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
