/** The lines that a month's margin is made of. */
import { namesOfResources, type NamedResource } from '../../projections/inventory/attribution-queries.ts';
import { revenueLinesOf, type RevenueLineRow } from '../../projections/invoicing/revenue-queries.ts';
import type { Db } from '../database/db.ts';
import { isShared } from '../pricing/cost-sharing.ts';
import type { CostSplit, MarginFigures } from '../pricing/margin.ts';
import { sumCents } from '../pricing/money.ts';
import type { borneBy } from './borne-lines.ts';
import { knownIssues } from './margin-known.ts';
import { marginWithCosts, type MarginCost, type MarginScope, type MonthMargin } from './margin.ts';
import { ownFigures, type MarginOf } from './margin-months.ts';

type BorneBy = (typeof borneBy)[number];

/** Which lines. An undefined field does not filter. */
export interface LinesOf extends MarginOf {
  /** The lines of a tenant that belong to none of its deployments. */
  withoutDeployment?: boolean | undefined;
  borneBy?: BorneBy | undefined;
}

/** A cost line as the margin counts it. */
export interface MarginCostLine extends MarginCost {
  borne_by: BorneBy;
  resource: Pick<NamedResource, 'kind' | 'name'> | null;
}

/** A page of the cost lines, and what all of them are a part of. */
export interface MarginLines extends Pick<MonthMargin, 'period' | 'currency' | 'fx'> {
  /** Those of the tenant or deployment; null where neither is named. */
  figures: (MarginFigures & CostSplit) | null;
  /** The lines of its invoice and notes without tax; empty where neither is named. */
  revenue: RevenueLineRow[];
  costs: MarginCostLine[];
  /** Over all lines of the filter, whatever the page. */
  summary: { lines: number; cost_cents: number };
}

interface LinesPage {
  limit: number;
  after: readonly [invoiceUuid: string, lineNo: number] | null;
}

/**
 * The cost lines of a month by invoice and number, with those that are revenue.
 * @param db one snapshot
 */
export async function marginLines(
  db: Db,
  scope: MarginScope,
  of: LinesOf,
  { limit, after }: LinesPage,
): Promise<MarginLines> {
  const { margin, costs, sharing } = await marginWithCosts(db, scope);
  const bearer = (line: MarginCost): BorneBy => {
    if (isShared(line, sharing)) return 'shared';
    return line.is_tax || line.tenant_id === null ? 'unattributed' : 'tenant';
  };
  const lines = costs
    .map((line) => ({ ...line, borne_by: bearer(line) }))
    .filter((line) => isAsked(line, of))
    .sort((a, b) => placeOf(a, [b.invoice_uuid, b.line_no]));
  const behind = after === null ? lines : lines.filter((line) => placeOf(line, after) > 0);
  const page = behind.slice(0, limit);
  const names = await namesOfResources(
    db,
    page.flatMap(({ resource_id }) => resource_id ?? []),
  );
  const isNamed = of.tenantId !== undefined || of.deploymentId !== undefined;
  return {
    period: margin.period,
    currency: margin.currency,
    fx: margin.fx,
    figures: isNamed && of.withoutDeployment !== true ? ownFigures(margin, of) : null,
    revenue: isNamed ? await revenueOf(db, scope, of) : [],
    costs: page.map((line) => {
      const resource = line.resource_id === null ? undefined : names.get(line.resource_id);
      return {
        ...line,
        resource: resource === undefined ? null : { kind: resource.kind, name: resource.name },
      };
    }),
    summary: { lines: lines.length, cost_cents: sumCents(lines.map((line) => line.converted_cents)) },
  };
}

function isAsked(
  line: MarginCost & { borne_by: BorneBy },
  { tenantId, deploymentId, withoutDeployment, borneBy }: LinesOf,
): boolean {
  const isOwned = tenantId !== undefined || deploymentId !== undefined || withoutDeployment === true;
  if (isOwned && line.borne_by !== 'tenant') return false;
  return (
    (tenantId === undefined || line.tenant_id === tenantId) &&
    (deploymentId === undefined || line.deployment_id === deploymentId) &&
    (withoutDeployment !== true || line.deployment_id === null) &&
    (borneBy === undefined || line.borne_by === borneBy)
  );
}

function placeOf(line: MarginCost, [uuid, lineNo]: readonly [string, number]): number {
  if (line.invoice_uuid !== uuid) return line.invoice_uuid < uuid ? -1 : 1;
  return line.line_no - lineNo;
}

async function revenueOf(
  db: Db,
  { period, known }: MarginScope,
  { tenantId, deploymentId, withoutDeployment }: LinesOf,
): Promise<RevenueLineRow[]> {
  const issues = known === undefined ? undefined : await knownIssues(db, period, known);
  const of = { tenantId, deploymentId: withoutDeployment === true ? null : deploymentId };
  return revenueLinesOf(db, period, of, issues);
}
