import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import type { Granularity } from '../../src/pricing/metering.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { usageReports, usageDays, usageRecords } from './tables.ts';
import { countsAt } from './voided.ts';

/** Which usage is listed. A member that is undefined does not filter. */
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
  /** The id of the resource; for reported usage that of the report, derived from its name. */
  subject: string;
  /** Null for reported usage. */
  resource_id: string | null;
  resource_kind: string;
  granularity: Granularity;
  day: string;
  hour: number;
  /** Exact, canonical. */
  qty: string;
  /** The reporter and its id of the report; null for metered usage. */
  source: string | null;
  external_id: string | null;
}

/** The sort key of a record. */
export type UsageKey = readonly [
  deploymentId: string,
  day: string,
  subject: string,
  resourceKind: string,
  hour: number,
];

/** The records of the sets that count now. */
function recordsOf(db: Db, { tenantId, deploymentId, period, kind }: UsageFilter) {
  return db`
    ${db(usageDays.ref)} d
    join ${db(usageRecords.ref)} r
      on r.deployment_id = d.deployment_id and r.day = d.day and r.set_no = d.set_no
    where true
    ${tenantId === null ? db`` : db`and d.tenant_id = ${tenantId}`}
    ${deploymentId === undefined ? db`` : db`and d.deployment_id = ${deploymentId}`}
    ${period === undefined ? db`` : db`and d.day between ${period}::date and ${lastDay(period)}::date`}
    ${kind === undefined ? db`` : db`and r.resource_kind = ${kind}`}`;
}

/** Reports that count now. */
function reportsOf(db: Db, { tenantId, deploymentId, period, kind }: UsageFilter) {
  return db`
    ${db(usageReports.ref)} u
    where ${countsAt(db, 'u', undefined)}
    ${tenantId === null ? db`` : db`and u.tenant_id = ${tenantId}`}
    ${deploymentId === undefined ? db`` : db`and u.deployment_id = ${deploymentId}`}
    ${period === undefined ? db`` : db`and u.day between ${period}::date and ${lastDay(period)}::date`}
    ${kind === undefined ? db`` : db`and u.resource_kind = ${kind}`}`;
}

/**
 * Usage records, metered and reported, by deployment, day, subject, kind and hour.
 * `after` is the key that the page starts after.
 */
export async function listUsage(
  db: Db,
  filter: UsageFilter,
  { limit, after }: { limit: number; after: UsageKey | null },
): Promise<UsageRow[]> {
  const place =
    after === null
      ? db``
      : db`
    where (deployment_id, day, subject, resource_kind, hour)
      > (${after[0]}::text, ${after[1]}::date, ${after[2]}::text, ${after[3]}::text, ${after[4]}::bigint)`;
  // Each half is ordered and cut by itself, so that a page reads no more than two pages of rows.
  const page = db`${place} order by deployment_id, day, subject, resource_kind, hour limit ${limit}`;
  const rows = await db<UsageRow[]>`
    select * from (
      (select * from (
        select r.deployment_id, r.resource_id as subject, r.resource_id, r.resource_kind, r.granularity,
          r.day, r.hour, r.qty, null::text as source, null::text as external_id
        from ${recordsOf(db, filter)}) metered ${page})
      union all
      (select * from (
        select u.deployment_id, u.id as subject, null::text, u.resource_kind, 'day'::text,
          u.day, -1::bigint as hour, u.qty, u.source, u.external_id
        from ${reportsOf(db, filter)}) reported ${page})
    ) records
    order by deployment_id, day, subject, resource_kind, hour limit ${limit}`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/** The exact sum of every record of the filter, by billing kind in alphabetical order. */
export async function summariseUsage(
  db: Db,
  filter: UsageFilter,
): Promise<{ resource_kind: string; qty: string }[]> {
  const rows = await db<{ resource_kind: string; qty: string }[]>`
    select resource_kind, sum(qty) as qty from (
      select r.resource_kind, sum(r.qty) as qty from ${recordsOf(db, filter)} group by r.resource_kind
      union all
      select u.resource_kind, sum(u.qty) as qty from ${reportsOf(db, filter)} group by u.resource_kind
    ) sums
    group by resource_kind order by resource_kind`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}
