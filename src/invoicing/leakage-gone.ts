import type { GoneTie } from '../../projections/inventory/leakage-queries.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { LeakageItem } from './leakage-item.ts';
import type { MonthMargin } from './margin.ts';

/**
 * Billed deployments that hold resources which were gone at the end of the month.
 * @param gone the ties of the month's last day to such resources
 */
export function goneItems(gone: readonly GoneTie[], margin: MonthMargin): LeakageItem[] {
  const billed = new Map(
    margin.deployments.flatMap(({ deployment_id, revenue_cents }) =>
      revenue_cents === 0 ? [] : [[deployment_id, revenue_cents] as const],
    ),
  );
  const ties = gone.filter(({ deployment_id }) => billed.has(deployment_id));
  return [...groupBy(ties, ({ deployment_id }) => deployment_id).values()].map((own): LeakageItem => {
    const [{ tenant_id, deployment_id }] = own;
    return {
      reason: 'resource-gone',
      tenant_id,
      deployment_id,
      resource_kind: null,
      qty: null,
      amount_cents: null,
      value_cents: billed.get(deployment_id) ?? null,
      detail: { resources: own.map(({ resource_id, name, kind }) => ({ resource_id, name, kind })) },
    };
  });
}
