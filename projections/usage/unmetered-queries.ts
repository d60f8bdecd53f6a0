import type { Db } from '../../src/database/db.ts';
import type { UnmeteredReason } from '../../src/events/usage.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import { cutOf, setsOfMonth, type UsageScope } from './invoicing-queries.ts';
import { unmetered, usageDays } from './tables.ts';
import type { UsageFilter } from './usage-queries.ts';

/**
 * A resource without usage records on so many metered days of a month. `resource_kind` is the billing kind.
 */
export interface UnmeteredRow {
  deployment_id: string;
  tenant_id: string;
  resource_id: string;
  resource_kind: string;
  days: number;
  reason: UnmeteredReason;
}

/**
 * What of a month could not be metered, by deployment, resource, billing kind and reason. Of every
 * (deployment, day) the highest set that was complete by `atPosition` counts, as for usage.
 */
export async function unmeteredForPeriod(db: Db, scope: UsageScope): Promise<UnmeteredRow[]> {
  const { period } = scope;
  return db<UnmeteredRow[]>`
    select u.deployment_id, min(held.tenant_id) as tenant_id, u.resource_id, u.resource_kind,
      count(*) as days, u.reason
    from (${setsOfMonth(db, scope, await cutOf(db, scope))}) held
      join ${db(unmetered.ref)} u
        on u.deployment_id = held.deployment_id and u.day = held.day and u.set_no = held.set_no
    where u.day between ${monthOf(period)}::date and ${lastDay(period)}::date
    group by u.deployment_id, u.resource_id, u.resource_kind, u.reason
    order by u.deployment_id, u.resource_id, u.resource_kind, u.reason`;
}

/** What could not be metered in the sets that count now, by deployment, resource, billing kind and reason. */
export async function unmeteredNow(
  db: Db,
  { tenantId, deploymentId, period, kind }: UsageFilter,
): Promise<Omit<UnmeteredRow, 'tenant_id'>[]> {
  return db<Omit<UnmeteredRow, 'tenant_id'>[]>`
    select u.deployment_id, u.resource_id, u.resource_kind, count(*) as days, u.reason
    from ${db(unmetered.ref)} u
      join ${db(usageDays.ref)} d
        on d.deployment_id = u.deployment_id and d.day = u.day and d.set_no = u.set_no
    where true
    ${tenantId === null ? db`` : db`and d.tenant_id = ${tenantId}`}
    ${deploymentId === undefined ? db`` : db`and u.deployment_id = ${deploymentId}`}
    ${period === undefined ? db`` : db`and u.day between ${period}::date and ${lastDay(period)}::date`}
    ${kind === undefined ? db`` : db`and u.resource_kind = ${kind}`}
    group by u.deployment_id, u.resource_id, u.resource_kind, u.reason
    order by u.deployment_id, u.resource_id, u.resource_kind, u.reason`;
}
