import { allDeploymentIds } from '../../projections/deployments/deployment-queries.ts';
import { reportedForPeriod, usageForPeriod } from '../../projections/usage/invoicing-queries.ts';
import type { Db } from '../database/db.ts';
import type { UnbilledUsage } from '../pricing/invoice.ts';
import { runsOfPeriod, statusRunsOf, type StatusRun } from '../pricing/segments.ts';
import type { SubscriptionFact } from '../pricing/subscription-terms.ts';
import { splitUsage, type UsageRun } from '../pricing/usage-runs.ts';
import type { FactsOfMonth } from './facts-of-month.ts';
import type { TenantDeployments } from './load-invoicing-inputs.ts';

/** Usage of a tenant's deployment that no invoice bills, since its days were not in force. */
export interface UnbilledOfTenant extends UnbilledUsage {
  tenant_id: string;
}

interface Used {
  tenant_id: string;
  deployment_id: string;
  usage: readonly UsageRun[];
}

const statusesOf = (facts: readonly SubscriptionFact[], period: string): StatusRun[] =>
  statusRunsOf(runsOfPeriod(facts, period));

/**
 * The usage of a month that is not billed because its days were not in force, whether or not an invoice lists
 * it: by tenant, deployment, kind and reason. `splitUsage` decides it, as for an invoice. It needs no price,
 * so it is known also of a month that can't be billed.
 * @param tenants every tenant of the month
 */
export function unbilledOfPeriod(period: string, tenants: readonly TenantDeployments[]): UnbilledOfTenant[] {
  return tenants
    .flatMap(({ tenant_id, deployments }) =>
      deployments.flatMap((one) => unbilledOf({ tenant_id, ...one }, statusesOf(one.facts, period))),
    )
    .sort(byDeployment);
}

function unbilledOf({ tenant_id, deployment_id, usage }: Used, statuses: readonly StatusRun[]) {
  const { unbilled } = splitUsage({ usage, llm_charges: [], llm_allowance: [] }, statuses);
  return unbilled.map((one): UnbilledOfTenant => ({ tenant_id, deployment_id, ...one }));
}

/**
 * The same as {@link unbilledOfPeriod}, without reading what cannot be among it: all usage of a deployment
 * that was in force on every day of the month is billed. Of thousands of deployments few are left.
 * @param db one snapshot
 */
export async function readUnbilled(
  db: Db,
  period: string,
  { steady, histories }: FactsOfMonth,
): Promise<UnbilledOfTenant[]> {
  const statuses = new Map(
    histories.map(({ deployment_id, facts }) => [deployment_id, statusesOf(facts, period)]),
  );
  const isInForceThroughout = (id: string): boolean => {
    const [run, ...others] = statuses.get(id) ?? [];
    return steady.has(id) || (run?.reason === null && others.length === 0);
  };
  const apart = [...statuses].flatMap(([deployment_id, runs]) =>
    runs.length > 1 ? runs.map(({ from, to }) => ({ deployment_id, from, to })) : [],
  );
  const deploymentIds = (await allDeploymentIds(db)).filter((id) => !isInForceThroughout(id));
  if (deploymentIds.length === 0) return [];
  const scope = { period, deploymentIds };
  const [metered, reported] = await Promise.all([
    usageForPeriod(db, scope, apart),
    reportedForPeriod(db, scope, apart),
  ]);
  const used = new Map<string, Used & { usage: UsageRun[] }>();
  for (const { deployment_id, tenant_id, ...run } of [...metered, ...reported]) {
    const one = used.get(deployment_id) ?? { deployment_id, tenant_id, usage: [] };
    used.set(deployment_id, one);
    one.usage.push(run);
  }
  return [...used.values()]
    .flatMap((one) => unbilledOf(one, statuses.get(one.deployment_id) ?? statusesOf([], period)))
    .sort(byDeployment);
}

/** Sorting is stable: a deployment's stay in their order. */
function byDeployment(a: UnbilledOfTenant, b: UnbilledOfTenant): number {
  if (a.tenant_id !== b.tenant_id) return a.tenant_id < b.tenant_id ? -1 : 1;
  return a.deployment_id < b.deployment_id ? -1 : a.deployment_id > b.deployment_id ? 1 : 0;
}
