/**
 * Margin of a month (spec 12): revenue from issued and paid tenant invoices, before tax, less what the
 * provider billed. Each cost line is converted and rounded once, and every total adds converted lines, so
 * that what tenants bear and what is unattributed always add up to the whole.
 */
import { isShared, noSharing, shareCents, type MonthSharing } from './cost-sharing.ts';
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
  /** Default: nothing is shared. */
  readonly sharing?: MonthSharing;
}

export interface MarginFigures {
  revenue_cents: number;
  cogs_cents: number;
  margin_cents: number;
  /** Percent of revenue with one decimal, half away from zero; null at revenue 0. */
  margin_pct: number | null;
}

/** Costs as they come to bear: `cogs_cents` is both, overall with what is unattributed. */
export interface CostSplit {
  /** Of lines that were matched to a resource of the tenant. */
  direct_cents: number;
  /** Of what belongs to no tenant, by the rule of shared cost. */
  shared_cents: number;
}

export interface Margin {
  period: string;
  currency: string;
  fx: FxInForce;
  overall: MarginFigures & CostSplit & { unattributed_cents: number };
  tenants: ({ tenant_id: string } & MarginFigures & CostSplit)[];
  deployments: ({ deployment_id: string; tenant_id: string } & MarginFigures & CostSplit)[];
  by_kind: { revenue: { resource_kind: string; cents: number }[]; cogs: { kind: string; cents: number }[] };
}

interface Tally {
  revenue: number;
  direct: number;
  shared: number;
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
export function margin({
  period,
  currency,
  invoices,
  cost_lines,
  fx,
  sharing = { sharing: noSharing, receivers: [] },
}: MarginInputs): Margin {
  const totals = new MarginTotals(sharing);
  for (const invoice of invoices) {
    if (isRevenue(invoice.status)) totals.addInvoice(invoice);
  }
  for (const line of cost_lines) totals.addCost(line, line.converted_cents);
  totals.share();
  return { period, currency, fx, ...totals.figures() };
}

/** Adds up revenue and costs, for the whole and for each tenant, deployment and kind. */
class MarginTotals {
  private revenue = 0;
  private direct = 0;
  private pool = 0;
  private unattributed = 0;
  private readonly tenants = new Map<string, Tally>();
  private readonly deployments = new Map<string, DeploymentTally>();
  private readonly revenueByKind = new Map<string, number>();
  private readonly cogsByKind = new Map<string, number>();
  private readonly sharing: MonthSharing;

  constructor(sharing: MonthSharing) {
    this.sharing = sharing;
  }

  addInvoice({ tenant_id, lines }: RevenueInvoice): void {
    const tenant = tallyOf(this.tenants, tenant_id, emptyTally);
    for (const line of lines) {
      if (line.kind === 'tax') continue;
      const cents = line.amount_cents;
      this.revenue = addCents(this.revenue, cents);
      tenant.revenue = addCents(tenant.revenue, cents);
      addTo(this.revenueByKind, line.resource_kind ?? line.kind, cents);
      if (line.deployment_id === null) continue;
      const deployment = this.deployment(line.deployment_id, tenant_id);
      deployment.revenue = addCents(deployment.revenue, cents);
    }
  }

  addCost(line: AttributedCost, cents: number): void {
    addTo(this.cogsByKind, line.is_tax ? 'tax' : (line.kind ?? 'other'), cents);
    if (isShared(line, this.sharing)) {
      this.pool = addCents(this.pool, cents);
      return;
    }
    // The provider's tax is never a tenant's, whatever its line was matched to.
    if (line.is_tax || line.tenant_id === null) {
      this.unattributed = addCents(this.unattributed, cents);
      return;
    }
    const tenant = tallyOf(this.tenants, line.tenant_id, emptyTally);
    this.direct = addCents(this.direct, cents);
    tenant.direct = addCents(tenant.direct, cents);
    if (line.deployment_id === null) return;
    const deployment = this.deployment(line.deployment_id, line.tenant_id);
    deployment.direct = addCents(deployment.direct, cents);
  }

  private deployment(id: string, tenantId: string): DeploymentTally {
    return tallyOf(this.deployments, id, () => ({ ...emptyTally(), tenantId }));
  }

  /** Spreads the pool, once all revenue and costs are added. */
  share(): void {
    const basis = (tally: Tally | undefined) => ({ cost: tally?.direct ?? 0, revenue: tally?.revenue ?? 0 });
    const shares = shareCents(this.pool, this.sharing, {
      tenant: (id) => basis(this.tenants.get(id)),
      deployment: (id) => basis(this.deployments.get(id)),
    });
    for (const { tenant_id, deployment_id, cents } of shares) {
      if (cents === 0) continue;
      const tenant = tallyOf(this.tenants, tenant_id, emptyTally);
      tenant.shared = addCents(tenant.shared, cents);
      const deployment = this.deployment(deployment_id, tenant_id);
      deployment.shared = addCents(deployment.shared, cents);
    }
  }

  figures(): Pick<Margin, 'overall' | 'tenants' | 'deployments' | 'by_kind'> {
    return {
      overall: {
        ...marginFigures(this.revenue, addCents(addCents(this.direct, this.pool), this.unattributed)),
        direct_cents: this.direct,
        shared_cents: this.pool,
        unattributed_cents: this.unattributed,
      },
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

function figuresOf({ revenue, direct, shared }: Tally): MarginFigures & CostSplit {
  return {
    ...marginFigures(revenue, addCents(direct, shared)),
    direct_cents: direct,
    shared_cents: shared,
  };
}

function emptyTally(): Tally {
  return { revenue: 0, direct: 0, shared: 0 };
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
