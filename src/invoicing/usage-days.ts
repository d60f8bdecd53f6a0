import { subscriptionHistories } from '../../projections/deployments/invoicing-queries.ts';
import { allowanceModes } from '../../projections/deployments/llm-mode-queries.ts';
import { usageByDay } from '../../projections/usage/usage-day-queries.ts';
import type { Db } from '../database/db.ts';
import { allowanceDays, commonDays } from '../pricing/llm-modes.ts';
import { runsOfPeriod, segmentsOf } from '../pricing/segments.ts';
import { usageMonth, type UsageMonth } from '../pricing/usage-days.ts';
import { groupBy } from '../runtime/group-by.ts';

/** Whose usage, and of which month. */
export interface UsageDaysScope {
  /** First day of the month. */
  period: string;
  tenantId: string;
  /** Deployments of the tenant. */
  deploymentIds: readonly string[];
}

/**
 * What a tenant's deployments used on each day of a month, against what the month allows, from the facts
 * that its invoice is made of.
 * @param db one snapshot
 * @returns one month for each of the ids, in their order
 */
export async function usageDaysOf(
  db: Db,
  { period, tenantId, deploymentIds }: UsageDaysScope,
): Promise<UsageMonth[]> {
  const [histories, modes] = await Promise.all([
    subscriptionHistories(db, { period, tenantId }),
    allowanceModes(db, { period, tenantId }),
  ]);
  const factsOf = new Map(histories.map(({ deployment_id, facts }) => [deployment_id, facts]));
  const modesOf = new Map(modes.map((history) => [history.deployment_id, history.modes]));
  const months = deploymentIds.map((id) => ({ id, runs: runsOfPeriod(factsOf.get(id) ?? [], period) }));
  // On a day without a subscription in force the gateway's charge is billed in every mode.
  const tokenDays = months.flatMap(({ id: deployment_id, runs }) =>
    commonDays(allowanceDays(modesOf.get(deployment_id) ?? [], period), segmentsOf(runs)).map((days) => ({
      deployment_id,
      ...days,
    })),
  );
  const used = groupBy(
    await usageByDay(db, { period, deploymentIds, tokenDays }),
    ({ deployment_id }) => deployment_id,
  );
  return months.map(({ id, runs }) => usageMonth(runs, used.get(id) ?? [], period));
}
