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
  const ofSet = db`deployment_id = c.deployment_id and day = m.day and set_no = u.set_no
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
    ), open as (
      select c.*, (select max(i.period_end) from ${db(tenantInvoices.ref)} i
        where i.tenant_id = c.tenant_id and i.status <> 'void') as invoiced
      from changed c
      ${deploymentIds === undefined ? db`` : db`where c.deployment_id = any(${[...deploymentIds]}::text[])`}
    )
    select distinct c.deployment_id, m.day
    from open c
    join (select day from ${db(meteredDays.ref)} union select day from ${db(usageDays.ref)}) m
      on m.day >= c.first and (c.until is null or m.day < c.until)
      and (c.invoiced is null or m.day > c.invoiced) and (c.stale_at is null or c.stale_at >= m.day)
    left join ${db(usageDays.ref)} u on u.deployment_id = c.deployment_id and u.day = m.day
    where coalesce(u.position, -1) < c.position
      and c.held <> (exists (select from ${db(usageRecords.ref)} where ${ofSet})
        or exists (select from ${db(unmeteredResources.ref)} where ${ofSet}))
      and (c.held or not exists (select from ${db(resourceTies.ref)} t
        where t.resource_id = c.resource_id and t.deployment_id = c.deployment_id
          and t.effective_from <= m.day and (t.effective_to is null or t.effective_to > m.day)))
    order by c.deployment_id, m.day`;
}
