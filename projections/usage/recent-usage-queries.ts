/** What was used lately, over days that are given: what a forecast takes its pace from. */
import type { Db } from '../../src/database/db.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import type { DayRange } from '../../src/pricing/segments.ts';
import { rowsOf, withoutLookups, type DaysApart, type UsageSum } from './invoicing-queries.ts';
import { llmUsage, usageDays, usageRecords, usageReports } from './tables.ts';
import { countsAt } from './voided.ts';

/** Which days are summed up. */
export interface RecentScope {
  /** First and last day. */
  span: DayRange;
  /** Days that have a sum each. */
  ranges: readonly DayRange[];
  /** Deployments with ranges of their own instead. */
  apart: readonly DaysApart[];
  /** One tenant alone. */
  tenantId?: string | undefined;
}

/** The range of a day of a row `u`. */
const ranged = (db: Db, { ranges, apart }: RecentScope) => db`
  join unnest(${ranges.map(({ from }) => from)}::date[], ${ranges.map(({ to }) => to)}::date[])
    as c(from_day, to_day) on u.day between c.from_day and c.to_day
  left join ${rowsOf(db, apart)}
    on a.deployment_id = u.deployment_id and u.day between a.from_day and a.to_day`;

const rangeOfRow = (db: Db) => db`coalesce(a.from_day, c.from_day), coalesce(a.to_day, c.to_day)`;

const ofSpan = (db: Db, { span, tenantId }: RecentScope) => db`
  u.day between ${span.from}::date and ${span.to}::date
  ${tenantId === undefined ? db`` : db`and u.tenant_id = ${tenantId}`}`;

/** Metered usage by deployment, billing kind and range of days. */
export async function recentMetered(db: Db, scope: RecentScope): Promise<UsageSum[]> {
  const sums = () => db<UsageSum[]>`
    select u.deployment_id, u.tenant_id, r.resource_kind, sum(r.qty) as qty,
      min(coalesce(a.from_day, c.from_day)) as "from", min(coalesce(a.to_day, c.to_day)) as "to"
    from ${db(usageDays.ref)} u
      join ${db(usageRecords.ref)} r
        on r.deployment_id = u.deployment_id and r.day = u.day and r.set_no = u.set_no
      ${ranged(db, scope)}
    where ${ofSpan(db, scope)} and r.day between ${scope.span.from}::date and ${scope.span.to}::date
    group by u.deployment_id, u.tenant_id, r.resource_kind, ${rangeOfRow(db)}`;
  const rows = await (scope.tenantId === undefined ? withoutLookups(db, sums) : sums());
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/** Reported usage by deployment, billing kind and range of days. */
export async function recentReported(db: Db, scope: RecentScope): Promise<UsageSum[]> {
  const rows = await db<UsageSum[]>`
    select u.deployment_id, u.tenant_id, u.resource_kind, sum(u.qty) as qty,
      min(coalesce(a.from_day, c.from_day)) as "from", min(coalesce(a.to_day, c.to_day)) as "to"
    from ${db(usageReports.ref)} u ${ranged(db, scope)}
    where ${ofSpan(db, scope)} and ${countsAt(db, 'u', undefined)}
    group by u.deployment_id, u.tenant_id, u.resource_kind, ${rangeOfRow(db)}`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/** Reports of the LLM gateway over a range of days: exact sums. */
export interface RecentLlm extends DaysApart {
  tenant_id: string;
  /** Input and output. */
  tokens: string;
  charge_cents: string;
}

/** What the LLM gateway reported by deployment and range of days. */
export async function recentLlm(db: Db, scope: RecentScope): Promise<RecentLlm[]> {
  const rows = await db<RecentLlm[]>`
    select u.deployment_id, u.tenant_id, sum(u.input_tokens + u.output_tokens)::text as tokens,
      sum(u.charge_cents) as charge_cents,
      min(coalesce(a.from_day, c.from_day)) as "from", min(coalesce(a.to_day, c.to_day)) as "to"
    from ${db(llmUsage.ref)} u ${ranged(db, scope)}
    where ${ofSpan(db, scope)} and ${countsAt(db, 'u', undefined)}
    group by u.deployment_id, u.tenant_id, ${rangeOfRow(db)}`;
  return rows.map((row) => ({ ...row, charge_cents: canonicalDecimal(row.charge_cents) }));
}

/** Deployments that are metered on days that no run has completed over all of them. */
export async function meteredApart(
  db: Db,
  days: readonly string[],
  tenantId?: string,
): Promise<{ deployment_id: string; day: string }[]> {
  if (days.length === 0) return [];
  return db<{ deployment_id: string; day: string }[]>`
    select deployment_id, day from ${db(usageDays.ref)}
    where day = any(${[...days]}::date[])
      ${tenantId === undefined ? db`` : db`and tenant_id = ${tenantId}`}`;
}
