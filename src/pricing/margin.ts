/**
 * Margin of a month (spec 12): revenue from issued and paid tenant invoices, before tax, less what the
 * provider billed. Each cost line is converted and rounded once, and every total adds converted lines, so
 * that what tenants bear and what is unattributed always add up to the whole.
 */
import type { FxInForce } from './fx.ts';
import { addCents, centsConverter, multiplyDivideRound } from './money.ts';
import type { InvoiceLineKind } from './types.ts';

export interface RevenueLine {
  readonly deployment_id: string | null;
  readonly kind: InvoiceLineKind;
  readonly resource_kind: string | null;
  readonly amount_cents: number;
}

/** The statuses of invoices whose lines are revenue. */
export const revenueStatuses = ['issued', 'paid'] as const;
export type RevenueStatus = (typeof revenueStatuses)[number];

/** Whether an invoice of this status is revenue. */
export function isRevenue(status: string): status is RevenueStatus {
  return revenueStatuses.some((one) => one === status);
}

export interface RevenueInvoice {
  readonly tenant_id: string;
  readonly status: 'draft' | 'issued' | 'paid' | 'void';
  readonly lines: readonly RevenueLine[];
}

/** A provider's invoice line with the tenant and deployment that it was attributed to; null: neither. */
export interface AttributedCost {
  readonly amount_cents: number;
  readonly currency: string;
  /** Resource kind; null where the line names none. */
  readonly kind: string | null;
  readonly is_tax: boolean;
  readonly tenant_id: string | null;
  readonly deployment_id: string | null;
}

/** A cost in the ledger's currency, converted and rounded once. */
export interface ConvertedCost extends AttributedCost {
  /** In cents of the ledger's currency. */
  readonly converted_cents: number;
}

export interface MarginInputs {
  readonly period: string;
  /** The ledger's currency, in which the answer is. */
  readonly currency: string;
  readonly invoices: readonly RevenueInvoice[];
  readonly cost_lines: readonly ConvertedCost[];
  readonly fx: FxInForce;
}

export interface MarginFigures {
  revenue_cents: number;
  cogs_cents: number;
  margin_cents: number;
  /** Percent of revenue with one decimal, half away from zero; null at revenue 0. */
  margin_pct: number | null;
}

export interface Margin {
  period: string;
  currency: string;
  fx: FxInForce;
  overall: MarginFigures & { unattributed_cents: number };
  tenants: ({ tenant_id: string } & MarginFigures)[];
  deployments: ({ deployment_id: string; tenant_id: string } & MarginFigures)[];
  by_kind: { revenue: { resource_kind: string; cents: number }[]; cogs: { kind: string; cents: number }[] };
}

interface Tally {
  revenue: number;
  cogs: number;
}

interface DeploymentTally extends Tally {
  tenantId: string;
}

/**
 * Costs in the ledger's currency.
 * @throws RangeError for a cost in a currency that is neither the ledger's nor the rate's
 */
export function convertCosts<T extends AttributedCost>(
  lines: readonly T[],
  { currency, fx }: Pick<MarginInputs, 'currency' | 'fx'>,
): (T & ConvertedCost)[] {
  const convert = centsConverter(fx.rate);
  return lines.map((line) => {
    if (line.currency !== currency && (line.currency !== fx.from || fx.to !== currency)) {
      throw new RangeError(`no rate from ${line.currency} to ${currency}`);
    }
    const { amount_cents } = line;
    return { ...line, converted_cents: line.currency === currency ? amount_cents : convert(amount_cents) };
  });
}

/**
 * Computes a month's margin.
 * @throws RangeError for sums beyond the safe integers.
 */
export function margin({ period, currency, invoices, cost_lines, fx }: MarginInputs): Margin {
  const totals = new MarginTotals();
  for (const invoice of invoices) {
    if (isRevenue(invoice.status)) totals.addInvoice(invoice);
  }
  for (const line of cost_lines) totals.addCost(line, line.converted_cents);
  return { period, currency, fx, ...totals.figures() };
}

/** Adds up revenue and costs, for the whole and for each tenant, deployment and kind. */
class MarginTotals {
  private readonly overall = emptyTally();
  private unattributed = 0;
  private readonly tenants = new Map<string, Tally>();
  private readonly deployments = new Map<string, DeploymentTally>();
  private readonly revenueByKind = new Map<string, number>();
  private readonly cogsByKind = new Map<string, number>();

  addInvoice({ tenant_id, lines }: RevenueInvoice): void {
    const tenant = tallyOf(this.tenants, tenant_id, emptyTally);
    for (const line of lines) {
      if (line.kind === 'tax') continue;
      const cents = line.amount_cents;
      this.overall.revenue = addCents(this.overall.revenue, cents);
      tenant.revenue = addCents(tenant.revenue, cents);
      addTo(this.revenueByKind, line.resource_kind ?? line.kind, cents);
      if (line.deployment_id === null) continue;
      const deployment = tallyOf(this.deployments, line.deployment_id, () => ({
        ...emptyTally(),
        tenantId: tenant_id,
      }));
      deployment.revenue = addCents(deployment.revenue, cents);
    }
  }

  addCost(line: AttributedCost, cents: number): void {
    this.overall.cogs = addCents(this.overall.cogs, cents);
    addTo(this.cogsByKind, line.is_tax ? 'tax' : (line.kind ?? 'other'), cents);
    // The provider's tax is never a tenant's, whatever its line was matched to.
    if (line.is_tax || line.tenant_id === null) {
      this.unattributed = addCents(this.unattributed, cents);
      return;
    }
    const tenant = tallyOf(this.tenants, line.tenant_id, emptyTally);
    tenant.cogs = addCents(tenant.cogs, cents);
    if (line.deployment_id === null) return;
    const tenantId = line.tenant_id;
    const deployment = tallyOf(this.deployments, line.deployment_id, () => ({ ...emptyTally(), tenantId }));
    deployment.cogs = addCents(deployment.cogs, cents);
  }

  figures(): Pick<Margin, 'overall' | 'tenants' | 'deployments' | 'by_kind'> {
    return {
      overall: { ...figuresOf(this.overall), unattributed_cents: this.unattributed },
      tenants: sorted(this.tenants).map(([tenant_id, tally]) => ({ tenant_id, ...figuresOf(tally) })),
      deployments: sorted(this.deployments).map(([deployment_id, tally]) => ({
        deployment_id,
        tenant_id: tally.tenantId,
        ...figuresOf(tally),
      })),
      by_kind: {
        revenue: sorted(this.revenueByKind).map(([resource_kind, cents]) => ({ resource_kind, cents })),
        cogs: sorted(this.cogsByKind).map(([kind, cents]) => ({ kind, cents })),
      },
    };
  }
}

/** The figures of any margin: of a month, a tenant, a deployment, a what-if. */
export function marginFigures(revenueCents: number, cogsCents: number): MarginFigures {
  const margin_cents = addCents(revenueCents, -cogsCents);
  return {
    revenue_cents: revenueCents,
    cogs_cents: cogsCents,
    margin_cents,
    // Whole tenths of a percent by integer arithmetic, then the number that prints as them.
    margin_pct: revenueCents <= 0 ? null : multiplyDivideRound(margin_cents, 1000, revenueCents) / 10,
  };
}

function figuresOf({ revenue, cogs }: Tally): MarginFigures {
  return marginFigures(revenue, cogs);
}

function emptyTally(): Tally {
  return { revenue: 0, cogs: 0 };
}

function tallyOf<T>(tallies: Map<string, T>, key: string, empty: () => T): T {
  let tally = tallies.get(key);
  if (tally === undefined) tallies.set(key, (tally = empty()));
  return tally;
}

function addTo(sums: Map<string, number>, key: string, cents: number): void {
  sums.set(key, addCents(sums.get(key) ?? 0, cents));
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
