import { providerCurrency } from '../../commands/costs/provider-invoice.ts';
import { costLinesForPeriod, type PeriodCostLine } from '../../projections/costs/cost-queries.ts';
import { pendingInvoices, type PendingInvoice } from '../../projections/costs/provider-invoice-queries.ts';
import { fxRateOn } from '../../projections/catalog/price-queries.ts';
import { attributionOnDay, type Attribution } from '../../projections/inventory/attribution-queries.ts';
import { revenueOfPeriod } from '../../projections/invoicing/revenue-queries.ts';
import type { Db } from '../database/db.ts';
import { lastPositionBy } from '../journal/find/last-position-by.ts';
import {
  billableMonth,
  noteTenant,
  refuseTooLarge,
  type NotBillable,
  type TenantOutcomes,
} from '../pricing/billable.ts';
import { lastDay } from '../pricing/calendar.ts';
import {
  convertCosts,
  margin,
  type ConvertedCost,
  type AttributedCost,
  type Margin,
  type RevenueInvoice,
} from '../pricing/margin.ts';
import { totalOf } from '../pricing/money.ts';
import type { CostSharing, MonthSharing } from '../pricing/cost-sharing.ts';
import { eachTenant } from './each-tenant.ts';
import { loadInvoicingInputs, type InvoicingScope } from './load-invoicing-inputs.ts';
import { knownIssues, knownOwnership, knownPending, knownSets, type KnownBy } from './margin-known.ts';
import { monthSharing } from './month-sharing.ts';
import { unjudgedInputs, unjudgedOf } from './unjudged-tenants.ts';

/** Whether a cost line was matched to a resource, so that a tenant may bear it. */
const isMatched = (line: PeriodCostLine): line is PeriodCostLine & { resource_id: string } =>
  line.resource_id !== null;

const keyOf = ({ resource_id, day }: { resource_id: string; day: string }): string => `${day} ${resource_id}`;

/** Which margin is computed. */
export interface MarginScope extends Pick<InvoicingScope, 'period' | 'currency' | 'seedTax'> {
  /** A past moment: only what was known by then counts. Default: all that is known now. */
  known?: KnownBy | undefined;
  /** What to suppose. Default: all is as it is. */
  supposed?: Supposed | undefined;
  /**
   * The figures of deployments are not wanted, which takes a fraction of the time where there are thousands:
   * `deployments` is empty, unless the month's shares are weighed by them.
   */
  withoutDeployments?: boolean | undefined;
}

/** What is supposed of a month to see what its margin would be. */
export interface Supposed {
  /** The resource that a line is for; null for none. */
  line?: { invoice_uuid: string; line_no: number; resource_id: string | null };
  /** The rule of shared cost. */
  sharing?: CostSharing;
}

/** A month's margin, and what its figures lack. */
export interface MonthMargin extends Margin {
  /** The provider's invoices of the month whose lines are not in it, in cents of the provider's currency. */
  pending: PendingInvoice[];
  /** Tenants whose month can't be billed: they have no revenue. */
  not_billable: NotBillable[];
}

/** A cost line of a month as its margin counts it. */
export type MarginCost = PeriodCostLine & ConvertedCost;

/** A month's margin, and the cost lines that it was computed from. */
export interface MarginWithCosts {
  margin: MonthMargin;
  costs: MarginCost[];
  sharing: MonthSharing;
}

/** The margin of a month alone: see {@link marginWithCosts}. */
export async function marginOfPeriod(db: Db, scope: MarginScope): Promise<MonthMargin> {
  return (await marginWithCosts(db, scope)).margin;
}

/**
 * The margin of a month (spec 12): what tenants were invoiced, before tax, less what the provider billed. A
 * matched line is borne by the owner of the resource on the last day that the line covers.
 * @param db one snapshot
 */
export async function marginWithCosts(
  db: Db,
  { known, supposed = {}, withoutDeployments = false, ...scope }: MarginScope,
): Promise<MarginWithCosts> {
  const { period, currency } = scope;
  const [issues, sets] =
    known === undefined
      ? []
      : await Promise.all([knownIssues(db, period, known), knownSets(db, period, known)]);
  const sharing = await monthSharing(db, { period, known, supposed: supposed.sharing });
  // Shares are weighed by what each deployment has.
  const byDeployment = !withoutDeployments || sharing.receivers.length > 0;
  const [invoices, found, pending, fx] = await Promise.all([
    revenueOfPeriod(db, { period, issues, byDeployment }),
    costLinesForPeriod(db, period, sets),
    known === undefined ? pendingInvoices(db, period) : knownPending(db, period, known),
    fxRateOn(db, { from: providerCurrency, to: currency, day: lastDay(period), knownAt: known?.at }),
  ]);
  const lines = found.map((line) => supposedOf(line, supposed.line));
  const pairs = lines.filter(isMatched).map(({ resource_id, last_day }) => ({ resource_id, day: last_day }));
  const ownership =
    known === undefined
      ? undefined
      : await knownOwnership(
          db,
          pairs.map(({ resource_id }) => resource_id),
          known,
        );
  const owners = new Map(
    (await attributionOnDay(db, pairs, ownership)).map((owner) => [keyOf(owner), owner]),
  );
  const { results: sound, not_billable } = soundInvoices(invoices, currency);
  not_billable.push(
    ...(await withoutInvoice(db, {
      ...scope,
      known,
      invoiced: new Set(invoices.map(({ tenant_id }) => tenant_id)),
    })),
  );
  const costs = convertCosts(
    lines.map((line) => attributed(line, owners)),
    { currency, fx },
  );
  const figures = margin({
    sharing,
    period,
    currency,
    invoices: sound,
    fx,
    cost_lines: costs,
  });
  return {
    margin: {
      ...figures,
      deployments: byDeployment ? figures.deployments : [],
      pending,
      not_billable: not_billable.sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1)),
    },
    costs,
    sharing,
  };
}

function supposedOf(line: PeriodCostLine, supposed: Supposed['line']): PeriodCostLine {
  const isMeant = supposed?.invoice_uuid === line.invoice_uuid && supposed.line_no === line.line_no;
  return isMeant ? { ...line, resource_id: supposed.resource_id } : line;
}

/**
 * Invoices within the limit. An earlier release may have issued one beyond it, which must not fail the sums.
 */
function soundInvoices(
  invoices: readonly RevenueInvoice[],
  currency: string,
): TenantOutcomes<RevenueInvoice> {
  const outcome: TenantOutcomes<RevenueInvoice> = { results: [], not_billable: [] };
  for (const invoice of invoices) {
    noteTenant(outcome, invoice.tenant_id, () => {
      refuseTooLarge(totalOf(invoice.lines), currency);
      return invoice;
    });
  }
  return outcome;
}

interface Uninvoiced extends MarginScope {
  invoiced: ReadonlySet<string>;
}

/**
 * Tenants that have no invoice since their month can't be billed. Which tenants were judged by a past moment
 * is not known, so all are computed then.
 */
async function withoutInvoice(db: Db, { known, invoiced, ...scope }: Uninvoiced): Promise<NotBillable[]> {
  const inputs =
    known === undefined
      ? await unjudgedInputs(db, scope, await unjudgedOf(db, scope.period))
      : await loadInvoicingInputs(db, {
          ...scope,
          atPosition: await lastPositionBy(db, known.at, known.position),
        });
  const open = inputs.filter(({ tenant_id }) => !invoiced.has(tenant_id));
  return (await eachTenant(open, (tenant) => billableMonth(tenant) !== null)).not_billable;
}

function attributed(
  line: PeriodCostLine,
  owners: ReadonlyMap<string, Attribution>,
): PeriodCostLine & AttributedCost {
  const owner = isMatched(line)
    ? owners.get(keyOf({ resource_id: line.resource_id, day: line.last_day }))
    : undefined;
  return { ...line, tenant_id: owner?.tenant_id ?? null, deployment_id: owner?.deployment_id ?? null };
}
