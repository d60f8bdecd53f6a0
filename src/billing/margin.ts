import { providerCurrency } from '../../commands/billing/provider-invoice.ts';
import { costLinesForPeriod } from '../../projections/billing/cost-queries.ts';
import type { PeriodCostLine } from '../../projections/billing/cost-queries.ts';
import { pendingInvoices, type PendingInvoice } from '../../projections/billing/provider-invoice-queries.ts';
import { fxRateOn } from '../../projections/catalog/price-queries.ts';
import { attributionOnDay } from '../../projections/inventory/attribution-queries.ts';
import type { Attribution } from '../../projections/inventory/attribution-queries.ts';
import { revenueOfPeriod } from '../../projections/invoices/revenue-queries.ts';
import type { Db } from '../database/db.ts';
import { lastDay } from '../pricing/calendar.ts';
import { margin } from '../pricing/margin.ts';
import type { CostLine, Margin } from '../pricing/margin.ts';
import { knownIssues, knownOwnership, knownPending, knownSets, type KnownBy } from './margin-known.ts';

/** A cost line that was matched, so that it can belong to somebody. */
const isMatched = (line: PeriodCostLine): line is PeriodCostLine & { resource_id: string } => line.resource_id !== null;

const keyOf = ({ resource_id, day }: { resource_id: string; day: string }): string => `${day} ${resource_id}`;

/** A month's margin, and the provider's invoices of the month whose lines are not in it, in cents of the provider's currency. */
export type MonthMargin = Margin & { pending: PendingInvoice[] };

/**
 * The margin of a month (spec 12): what tenants were invoiced, before tax, less what the provider billed, each matched
 * line borne by whoever had the resource on the last day that the line covers.
 * @param db one snapshot
 * @param currency the ledger's
 * @param known what all of it was made of by a past moment; default: by all that is known now
 */
export async function marginOfPeriod(db: Db, { period, currency, known }: { period: string; currency: string; known?: KnownBy }): Promise<MonthMargin> {
  const [issues, sets] = known === undefined ? [] : await Promise.all([knownIssues(db, period, known), knownSets(db, period, known)]);
  const [invoices, lines, pending, fx] = await Promise.all([
    revenueOfPeriod(db, period, issues),
    costLinesForPeriod(db, period, sets),
    known === undefined ? pendingInvoices(db, period) : knownPending(db, period, known),
    fxRateOn(db, { from: providerCurrency, to: currency, day: lastDay(period), knownAt: known?.at }),
  ]);
  const pairs = lines.filter(isMatched).map(({ resource_id, last_day }) => ({ resource_id, day: last_day }));
  const ownership = known === undefined ? undefined : await knownOwnership(db, pairs.map(({ resource_id }) => resource_id), known);
  const owners = new Map((await attributionOnDay(db, pairs, ownership)).map((owner) => [keyOf(owner), owner]));
  return { ...margin({ period, currency, invoices, fx, cost_lines: lines.map((line) => attributed(line, owners)) }), pending };
}

function attributed(line: PeriodCostLine, owners: ReadonlyMap<string, Attribution>): CostLine {
  const owner = isMatched(line) ? owners.get(keyOf({ resource_id: line.resource_id, day: line.last_day })) : undefined;
  const { amount_cents, currency, kind, is_tax } = line;
  return { amount_cents, currency, kind, is_tax, tenant_id: owner?.tenant_id ?? null, deployment_id: owner?.deployment_id ?? null };
}
