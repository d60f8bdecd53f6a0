import type { Db, Fragment } from '../../src/database/db.ts';
import type { UnmeteredReason } from '../../src/events/usage.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import type { UnmeteredUsage } from '../../src/pricing/invoice.ts';
import { cutOf, setsOfMonth, type UsageScope } from './invoicing-queries.ts';
import { unmeteredResources, usageDays } from './tables.ts';
import type { UsageFilter } from './usage-queries.ts';

/** A resource without usage records on so many metered days. `resource_kind` is the billing kind. */
export interface UnmeteredRow extends UnmeteredUsage {
  tenant_id: string;
  reason: UnmeteredReason;
}

/**
 * What could not be metered in sets of usage records, by deployment, resource, billing kind and reason.
 * @param held a table of sets: deployment, tenant, day and set number
 */
const unmeteredIn = (db: Db, held: Fragment, condition: Fragment) => db<UnmeteredRow[]>`
  select u.deployment_id, min(held.tenant_id) as tenant_id, u.resource_id, u.resource_kind,
    count(*) as days, u.reason
  from ${held} held join ${db(unmeteredResources.ref)} u
    on u.deployment_id = held.deployment_id and u.day = held.day and u.set_no = held.set_no
  where ${condition}
  group by u.deployment_id, u.resource_id, u.resource_kind, u.reason
  order by u.deployment_id, u.resource_id, u.resource_kind, u.reason`;

/**
 * What of a month could not be metered. Only the highest set of each (deployment, day) that was complete by
 * `atPosition` counts, as for usage.
 */
export async function unmeteredForPeriod(db: Db, scope: UsageScope): Promise<UnmeteredRow[]> {
  const held = setsOfMonth(db, scope, await cutOf(db, scope));
  const [from, to] = [monthOf(scope.period), lastDay(scope.period)];
  return unmeteredIn(db, db`(${held})`, db`u.day between ${from}::date and ${to}::date`);
}

/** What could not be metered in the sets that count now. */
export async function unmeteredNow(
  db: Db,
  { tenantId, deploymentId, period, kind }: UsageFilter,
): Promise<UnmeteredRow[]> {
  return unmeteredIn(
    db,
    db`${db(usageDays.ref)}`,
    db`true
    ${tenantId === null ? db`` : db`and held.tenant_id = ${tenantId}`}
    ${deploymentId === undefined ? db`` : db`and u.deployment_id = ${deploymentId}`}
    ${period === undefined ? db`` : db`and u.day between ${period}::date and ${lastDay(period)}::date`}
    ${kind === undefined ? db`` : db`and u.resource_kind = ${kind}`}`,
  );
}
