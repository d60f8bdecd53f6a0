import { goneTies } from '../../projections/inventory/leakage-queries.ts';
import type { Db } from '../database/db.ts';
import { groupBy } from '../runtime/group-by.ts';
import type { LeakageItem } from './leakage-item.ts';
import type { MonthMargin } from './margin.ts';

interface BilledMonth {
  period: string;
  margin: MonthMargin;
}

/** Billed deployments that hold resources which were gone at the end of the month. */
export async function goneItems(db: Db, { period, margin }: BilledMonth): Promise<LeakageItem[]> {
  const billed = new Map(
    margin.deployments.flatMap(({ deployment_id, revenue_cents }) =>
      revenue_cents === 0 ? [] : [[deployment_id, revenue_cents] as const],
    ),
  );
  const ties = (await goneTies(db, period)).filter(({ deployment_id }) => billed.has(deployment_id));
  return [...groupBy(ties, ({ deployment_id }) => deployment_id).values()].map((gone): LeakageItem => {
    const [{ tenant_id, deployment_id }] = gone;
    return {
      reason: 'resource-gone',
      tenant_id,
      deployment_id,
      resource_kind: null,
      qty: null,
      amount_cents: null,
      value_cents: billed.get(deployment_id) ?? null,
      detail: { resources: gone.map(({ resource_id, name, kind }) => ({ resource_id, name, kind })) },
    };
  });
}
