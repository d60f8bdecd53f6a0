import type { UnbilledUsage } from '../pricing/invoice.ts';
import { runsOfPeriod, statusRunsOf } from '../pricing/segments.ts';
import { splitUsage } from '../pricing/usage-runs.ts';
import type { TenantDeployments } from './load-invoicing-inputs.ts';

/** Usage of a tenant's deployment that no invoice bills, since its days were not in force. */
export interface UnbilledOfTenant extends UnbilledUsage {
  tenant_id: string;
}

/**
 * The usage of a month that is not billed because its days were not in force, whether or not an invoice lists
 * it: by tenant, deployment, kind and reason. `splitUsage` decides it, as for an invoice. It needs no price,
 * so it is known also of a month that can't be billed.
 * @param tenants every tenant of the month
 */
export function unbilledOfPeriod(period: string, tenants: readonly TenantDeployments[]): UnbilledOfTenant[] {
  return tenants
    .flatMap(({ tenant_id, deployments }) =>
      deployments.flatMap((deployment) => {
        const { unbilled } = splitUsage(deployment, statusRunsOf(runsOfPeriod(deployment.facts, period)));
        return unbilled.map((usage) => ({ tenant_id, deployment_id: deployment.deployment_id, ...usage }));
      }),
    )
    .sort(byDeployment);
}

/** Sorting is stable: a deployment's stay in their order. */
function byDeployment(a: UnbilledOfTenant, b: UnbilledOfTenant): number {
  if (a.tenant_id !== b.tenant_id) return a.tenant_id < b.tenant_id ? -1 : 1;
  return a.deployment_id < b.deployment_id ? -1 : a.deployment_id > b.deployment_id ? 1 : 0;
}
