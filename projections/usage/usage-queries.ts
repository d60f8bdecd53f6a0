import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import type { Granularity } from '../../src/pricing/metering.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { usageDays, usageRecords } from './tables.ts';

/** Whose usage, and of what. What is undefined does not filter. */
export interface UsageFilter {
  /** Null: an admin, who sees all. */
  tenantId: string | null;
  deploymentId?: string | undefined;
  /** First day of a month. */
  period?: string | undefined;
  /** Billing kind. */
  kind?: string | undefined;
}

/** A usage record that counts now. `hour` is −1 for one that stands for its whole day. */
export interface UsageRow {
  deployment_id: string;
  resource_id: string;
  resource_kind: string;
  granularity: Granularity;
  day: string;
  hour: number;
  /** Exact, canonical. */
  qty: string;
}

/** The sort key of a record. */
export type UsageKey = readonly [deploymentId: string, day: string, resourceId: string, resourceKind: string, hour: number];

/** The records of the sets that count now. */
function countingRecords(db: Db, { tenantId, deploymentId, period, kind }: UsageFilter) {
  return db`
    ${db(usageDays.ref)} d
    join ${db(usageRecords.ref)} r on r.deployment_id = d.deployment_id and r.day = d.day and r.set_no = d.set_no
    where true
    ${tenantId === null ? db`` : db`and d.tenant_id = ${tenantId}`}
    ${deploymentId === undefined ? db`` : db`and d.deployment_id = ${deploymentId}`}
    ${period === undefined ? db`` : db`and d.day between ${period}::date and ${lastDay(period)}::date`}
    ${kind === undefined ? db`` : db`and r.resource_kind = ${kind}`}`;
}

/** Usage records by deployment, day, resource, kind and hour. `after` is the key that the page starts after. */
export async function listUsage(db: Db, filter: UsageFilter, { limit, after }: { limit: number; after: UsageKey | null }): Promise<UsageRow[]> {
  const rows = await db<UsageRow[]>`
    select r.deployment_id, r.resource_id, r.resource_kind, r.granularity, r.day, r.hour, r.qty
    from ${countingRecords(db, filter)}
    ${after === null ? db`` : db`and (r.deployment_id, r.day, r.resource_id, r.resource_kind, r.hour) > (${after[0]}::text, ${after[1]}::date, ${after[2]}::text, ${after[3]}::text, ${after[4]}::bigint)`}
    order by r.deployment_id, r.day, r.resource_id, r.resource_kind, r.hour limit ${limit}`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/** The exact sum of every record of the filter, by billing kind in alphabetical order. */
export async function summariseUsage(db: Db, filter: UsageFilter): Promise<{ resource_kind: string; qty: string }[]> {
  const rows = await db<{ resource_kind: string; qty: string }[]>`
    select r.resource_kind, sum(r.qty) as qty from ${countingRecords(db, filter)} group by r.resource_kind order by r.resource_kind`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}
