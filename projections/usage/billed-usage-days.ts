import type { Db, Fragment } from '../../src/database/db.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { resources } from '../inventory/tables.ts';
import {
  countingReports,
  daysOf,
  gatewayReports,
  multirange,
  tokens,
  type BilledUsage,
  type BilledUsageScope,
} from './billed-usage.ts';
import { setsHeldAt } from './invoicing-queries.ts';
import { usageRecords } from './tables.ts';

/** What of a line's quantity fell on one day. */
export interface DayUsage {
  day: string;
  qty: string;
}

/** What of a line's quantity one resource, or one reporter of usage, accounts for. */
export interface SubjectUsage {
  /** Null: it was reported, and not metered. */
  resource_id: string | null;
  /** As the inventory has it; null: it has no such resource. */
  name: string | null;
  kind: string | null;
  /** Who reported it: a source, or `llm-gateway`; null for a resource. */
  source: string | null;
  qty: string;
  records: number;
  /** First and last day. */
  from: string;
  to: string;
}

/** A line's quantity by day, and by what it stems from. */
export interface UsageShares {
  /** Days with records, in order. */
  days: DayUsage[];
  /** The largest first. */
  subjects: SubjectUsage[];
  /** How many subjects there are; some may not be listed. */
  subject_count: number;
}

/** The most subjects that are listed. */
export const mostSubjects = 100;

/** The source of what the LLM gateway reports. */
const gatewaySource = 'llm-gateway';

/** The line as row `w`. */
const lineRow = (db: Db, { deployment_id, resource_kind, days, gateway_days }: BilledUsage): Fragment => db`
  select ${deployment_id}::text as deployment_id, ${resource_kind}::text as resource_kind,
    ${multirange(resource_kind === null ? [] : days)}::datemultirange as days,
    ${multirange(resource_kind === null ? days : gateway_days)}::datemultirange as gateway_days`;

/** The records of line `w`: day, quantity, and resource or source. */
const recordsOf = (db: Db, scope: BilledUsageScope, line: BilledUsage): Fragment => db`
  select r.day, r.qty, r.resource_id, null as source
  from w cross join (${setsHeldAt(
    db,
    scope.atPosition,
    db`s.deployment_id = ${line.deployment_id} and s.tenant_id = ${scope.tenantId}
      and s.day between ${daysOf(db, scope)}`,
  )}) h
    join ${db(usageRecords.ref)} r
      on r.deployment_id = h.deployment_id and r.day = h.day and r.set_no = h.set_no
  where r.resource_kind = w.resource_kind and r.day <@ w.days
  union all
  select g.day, g.qty, null, ${gatewaySource}::text from w cross join lateral (
    select l.day, case when w.resource_kind is null then l.charge_cents else ${tokens(db)} end as qty
      ${gatewayReports(db, scope)} and l.day <@ w.gateway_days) g
  union all
  select v.day, v.qty, null, v.source from w cross join lateral (
    select u.day, u.qty, u.source
      ${countingReports(db, scope)} and u.resource_kind = w.resource_kind and u.day <@ w.days) v`;

interface ShareRow {
  day: string | null;
  resource_id: string | null;
  source: string | null;
  name: string | null;
  kind: string | null;
  qty: string;
  records: number;
  from: string;
  to: string;
  place: number;
  count: number;
}

/** The quantity of one line by day, and by resource or reporter: what `billedUsageTotals` adds up. */
export async function billedUsageShares(
  db: Db,
  scope: BilledUsageScope,
  line: BilledUsage,
): Promise<UsageShares> {
  const rows = await db<ShareRow[]>`
    with w as (${lineRow(db, line)}), record as materialized (${recordsOf(db, scope, line)}),
    share as (
      select day, null as resource_id, null as source, sum(qty) as qty, count(*) as records,
        day as "from", day as "to", 0::bigint as place, 0::bigint as count
      from record group by day
      union all
      select null, resource_id, source, sum(qty), count(*), min(day), max(day),
        row_number() over (order by sum(qty) desc, resource_id, source), count(*) over ()
      from record group by resource_id, source)
    select share.*, i.name, i.kind from share left join ${db(resources.ref)} i on i.id = share.resource_id
    where place <= ${mostSubjects} order by place, day`;
  const subjects = rows.filter(({ day }) => day === null);
  return {
    days: rows.flatMap(({ day, qty }) => (day === null ? [] : [{ day, qty: canonicalDecimal(qty) }])),
    subjects: subjects.map(({ day: _day, place: _place, count: _count, qty, ...subject }) => ({
      ...subject,
      qty: canonicalDecimal(qty),
    })),
    subject_count: subjects[0]?.count ?? 0,
  };
}
