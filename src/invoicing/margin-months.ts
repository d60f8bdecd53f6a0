import type { Db } from '../database/db.ts';
import { marginFigures, type CostSplit, type MarginFigures } from '../pricing/margin.ts';
import { mapBounded } from '../runtime/map-bounded.ts';
import { marginOfPeriod, type MarginScope, type MonthMargin } from './margin.ts';

/** Whose margin is asked for. Neither: that of the operator as a whole. */
export interface MarginOf {
  tenantId?: string | undefined;
  deploymentId?: string | undefined;
}

/** A month of a series of margins. */
export interface MarginMonth
  extends MarginFigures, CostSplit, Pick<MonthMargin, 'period' | 'fx' | 'pending' | 'not_billable'> {
  /** Null for a tenant or a deployment: what is unattributed is no one's. */
  unattributed_cents: number | null;
}

/** The queries of a few months are on their way at once; more would hold many months in memory. */
const monthsAtOnce = 4;

interface Months extends Omit<MarginScope, 'period'> {
  /** First days of months, each once. */
  periods: readonly string[];
}

/**
 * The margin of several months: of all tenants, of one, or of a deployment. A month without revenue and costs
 * is there with zeros.
 * @param db one snapshot
 */
export async function marginByMonth(
  db: Db,
  { periods, ...scope }: Months,
  of: MarginOf,
): Promise<MarginMonth[]> {
  const month = async (period: string): Promise<MarginMonth> =>
    monthOf(await marginOfPeriod(db, { ...scope, period }), of);
  return mapBounded(periods, month, monthsAtOnce);
}

function monthOf({ period, fx, pending, not_billable, ...month }: MonthMargin, of: MarginOf): MarginMonth {
  const isOverall = of.tenantId === undefined && of.deploymentId === undefined;
  const figures = isOverall ? month.overall : (ownFigures(month, of) ?? nothing);
  return {
    period,
    fx,
    revenue_cents: figures.revenue_cents,
    cogs_cents: figures.cogs_cents,
    margin_cents: figures.margin_cents,
    margin_pct: figures.margin_pct,
    direct_cents: figures.direct_cents,
    shared_cents: figures.shared_cents,
    unattributed_cents: isOverall ? month.overall.unattributed_cents : null,
    pending,
    not_billable: not_billable.filter(({ tenant_id }) => isOverall || tenant_id === of.tenantId),
  };
}

const nothing: MarginFigures & CostSplit = { ...marginFigures(0, 0), direct_cents: 0, shared_cents: 0 };

/** A deployment may have changed hands: with a tenant, its figures are those of that tenant. */
function ownFigures(
  { tenants, deployments }: Pick<MonthMargin, 'tenants' | 'deployments'>,
  { tenantId, deploymentId }: MarginOf,
): (MarginFigures & CostSplit) | undefined {
  if (deploymentId === undefined) return tenants.find(({ tenant_id }) => tenant_id === tenantId);
  return deployments.find(
    (one) => one.deployment_id === deploymentId && (tenantId === undefined || one.tenant_id === tenantId),
  );
}
