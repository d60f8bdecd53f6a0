import type { Db } from '../../src/database/db.ts';
import { meteredKinds } from '../../src/pricing/metering.ts';
import { resources, resourceTies } from '../inventory/tables.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { meteredDays, unmeteredResources, usageDays, usageRecords } from './tables.ts';

/** A metered day that a later tie, or a later end of one, concerns. */
export interface OutdatedDay {
  deployment_id: string;
  day: string;
}

/**
 * The metered days whose usage is older than a tie, or the end of one, and differs from it: the set lacks a
 * resource that the deployment holds, or has one that it does not hold. Invoiced days are left out. A day can
 * be named whose usage is right, such as one on which the resource was gone; metering it adds nothing.
 * @param deploymentIds limits the answer to these deployments
 */
export function outdatedDays(db: Db, deploymentIds?: readonly string[]): Promise<OutdatedDay[]> {
  const ofSet = db`deployment_id = c.deployment_id and day = u.day and set_no = u.set_no
    and resource_id = c.resource_id`;
  return db<OutdatedDay[]>`
    with changed as (
      select t.resource_id, t.deployment_id, t.tenant_id, t.effective_from as first, t.effective_to as until,
        t.position, true as held, r.stale_at
      from ${db(resourceTies.ref)} t join ${db(resources.ref)} r on r.id = t.resource_id
      where r.kind = any(${meteredKinds()}::text[])
      union all
      select t.resource_id, t.deployment_id, t.tenant_id, t.effective_to, null, t.untied_position, false, null
      from ${db(resourceTies.ref)} t where t.untied_position is not null
    ), open as materialized (
      select c.*, (select max(i.period_end) from ${db(tenantInvoices.ref)} i
        where i.tenant_id = c.tenant_id and i.status <> 'void') as invoiced
      from changed c
      ${deploymentIds === undefined ? db`` : db`where c.deployment_id = any(${[...deploymentIds]}::text[])`}
    ), newest as materialized (
      select deployment_id, max(open.position) as position,
        greatest(min(first), max(invoiced) + 1) as first
      from open group by deployment_id
    ),
    -- Few days are left by the newest tie of a deployment, before each of its ties is looked at.
    older as materialized (
      select n.deployment_id, u.day, u.position, u.set_no
      from newest n join ${db(usageDays.ref)} u on u.deployment_id = n.deployment_id and u.day >= n.first
      where u.position < n.position
      union all
      select n.deployment_id, m.day, null, null
      from newest n join ${db(meteredDays.ref)} m on m.day >= n.first
      where not exists (select from ${db(usageDays.ref)} u
        where u.deployment_id = n.deployment_id and u.day = m.day)
    )
    select distinct c.deployment_id, u.day
    from older u join open c on c.deployment_id = u.deployment_id and u.day >= c.first
      and (c.until is null or u.day < c.until) and (c.stale_at is null or c.stale_at >= u.day)
    where coalesce(u.position, -1) < c.position
      and c.held <> (exists (select from ${db(usageRecords.ref)} where ${ofSet})
        or exists (select from ${db(unmeteredResources.ref)} where ${ofSet}))
      and (c.held or not exists (select from ${db(resourceTies.ref)} t
        where t.resource_id = c.resource_id and t.deployment_id = c.deployment_id
          and t.effective_from <= u.day and (t.effective_to is null or t.effective_to > u.day)))
    order by c.deployment_id, u.day`;
}
