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
  const withoutDeployments = of.deploymentId === undefined;
  const month = async (period: string): Promise<MarginMonth> =>
    monthOf(await marginOfPeriod(db, { ...scope, period, withoutDeployments }), of);
  return mapBounded(periods, month, monthsAtOnce);
}

function monthOf({ period, fx, pending, not_billable, ...month }: MonthMargin, of: MarginOf): MarginMonth {
  const isOverall = of.tenantId === undefined && of.deploymentId === undefined;
  const figures = isOverall ? month.overall : ownFigures(month, of);
  return {
    period,
    fx,
    ...figuresAlone(figures),
    unattributed_cents: isOverall ? month.overall.unattributed_cents : null,
    pending,
    not_billable: not_billable.filter(({ tenant_id }) => isOverall || tenant_id === of.tenantId),
  };
}

/** The figures of what has neither revenue nor costs. */
export const nothing: MarginFigures & CostSplit = {
  ...marginFigures(0, 0),
  direct_cents: 0,
  shared_cents: 0,
};

/**
 * The figures of a tenant or a deployment in a month; zeros where it has none. A deployment of another tenant
 * than the one that is named has none.
 */
export function ownFigures(
  { tenants, deployments }: Pick<MonthMargin, 'tenants' | 'deployments'>,
  { tenantId, deploymentId }: MarginOf,
): MarginFigures & CostSplit {
  const own =
    deploymentId === undefined
      ? tenants.find(({ tenant_id }) => tenant_id === tenantId)
      : deployments.find(
          (one) =>
            one.deployment_id === deploymentId && (tenantId === undefined || one.tenant_id === tenantId),
        );
  return own === undefined ? nothing : figuresAlone(own);
}

/** The figures of a margin without whose they are. */
export const figuresAlone = (one: MarginFigures & CostSplit): MarginFigures & CostSplit => ({
  revenue_cents: one.revenue_cents,
  cogs_cents: one.cogs_cents,
  margin_cents: one.margin_cents,
  margin_pct: one.margin_pct,
  direct_cents: one.direct_cents,
  shared_cents: one.shared_cents,
});
