import type { Db } from '../../src/database/db.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import type { UsageScope } from './billing-queries.ts';
import { reportedUsage } from './tables.ts';
import { countsAt } from './voided.ts';

/** A deployment's reported usage of one billing kind on one day: `qty` is the exact sum of its reports, canonical. */
export interface ReportedDay {
  deployment_id: string;
  tenant_id: string;
  resource_kind: string;
  day: string;
  qty: string;
}

/** The usage of a month that was reported and not taken back by `atPosition`, by deployment, billing kind and day. */
export async function reportedUsageByDay(db: Db, { period, atPosition, tenantId }: UsageScope): Promise<ReportedDay[]> {
  const rows = await db<ReportedDay[]>`
    select u.deployment_id, u.tenant_id, u.resource_kind, u.day, sum(u.qty) as qty
    from ${db(reportedUsage.ref)} u
    where u.day between ${monthOf(period)}::date and ${lastDay(period)}::date
      and ${countsAt(db, 'u', atPosition)}
      ${tenantId === undefined ? db`` : db`and u.tenant_id = ${tenantId}`}
    group by u.deployment_id, u.tenant_id, u.resource_kind, u.day
    order by u.deployment_id, u.resource_kind, u.day`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}
