import type { Db, Fragment } from '../../src/database/db.ts';
import { lastDay, monthOf } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { llmUsage, usageReports, usageDays, usageRecords, usageSets } from './tables.ts';
import { countsAt } from './voided.ts';

/** Which usage a month is billed from. */
export interface UsageScope {
  /** Any day of the month. */
  period: string;
  /** Only what was recorded up to this journal position; default: all that the snapshot has. */
  atPosition?: number | undefined;
  /** One tenant alone. */
  tenantId?: string | undefined;
  /** Some deployments alone. */
  deploymentIds?: readonly string[] | undefined;
}

/** Days of a deployment that are summed up apart from its other days of the month. */
export interface DaysApart {
  deployment_id: string;
  /** First day. */
  from: string;
  /** Last day, included. */
  to: string;
}

/**
 * A deployment's usage of one billing kind over days of a month: `qty` is the exact sum of its records,
 * canonical.
 */
export interface UsageSum extends DaysApart {
  tenant_id: string;
  resource_kind: string;
  qty: string;
}

/** The days as rows `a`, to be joined by deployment and day: `a.from_day` to `a.to_day`. */
export const rowsOf = (db: Db, apart: readonly DaysApart[]) => db`unnest(
  ${apart.map(({ deployment_id }) => deployment_id)}::text[],
  ${apart.map(({ from }) => from)}::date[], ${apart.map(({ to }) => to)}::date[]
) as a(deployment_id, from_day, to_day)`;

/**
 * The highest set of each (deployment, day) that was complete by a position; `ofScope` is a condition on the
 * sets, named `s`.
 */
export function setsHeldAt(db: Db, atPosition: number, ofScope: Fragment) {
  return db`
    select distinct on (s.deployment_id, s.day) s.deployment_id, s.day, s.tenant_id, s.set_no, s.position
    from ${db(usageSets.ref)} s where ${ofScope} and s.position <= ${atPosition}
    order by s.deployment_id, s.day, s.set_no desc`;
}

/** The rows of a table, of the tenant and of the deployments of a scope. */
const within = (db: Db, table: string, { tenantId, deploymentIds }: UsageScope): Fragment => db`
  ${tenantId === undefined ? db`` : db`and ${db(table)}.tenant_id = ${tenantId}`}
  ${
    deploymentIds === undefined
      ? db``
      : db`
    and ${db(table)}.deployment_id = any(${[...deploymentIds]}::text[])`
  }`;

const ofMonth = (db: Db, scope: UsageScope) => db`
  s.day between ${monthOf(scope.period)}::date and ${lastDay(scope.period)}::date ${within(db, 's', scope)}`;

/**
 * The position of the scope, where a day of the month was metered, or metered again, after it. Null: the sets
 * that hold now held at that position too.
 */
export async function cutOf(db: Db, scope: UsageScope): Promise<number | null> {
  if (scope.atPosition === undefined) return null;
  const [row] = await db<{ since: boolean }[]>`
    select exists (
      select from ${db(usageDays.ref)} s where ${ofMonth(db, scope)} and s.position > ${scope.atPosition}
    ) as since`;
  return row?.since === true ? scope.atPosition : null;
}

/** The sets of a month that held at a position: those that hold now, but for days that were metered again. */
export function setsOfMonth(db: Db, scope: UsageScope, atPosition: number | null) {
  const ofScope = () => ofMonth(db, scope);
  // What holds now is a table of its own: a month with many corrections costs no more than one without.
  const now = () =>
    db`select s.deployment_id, s.day, s.tenant_id, s.set_no from ${db(usageDays.ref)} s where ${ofScope()}`;
  // As a rule no set came since, and several processes of the server can join the plain table at once.
  if (atPosition === null) return now();
  return db`${now()} and s.position <= ${atPosition}
    union all
    (select distinct on (s.deployment_id, s.day) s.deployment_id, s.day, s.tenant_id, s.set_no
      from ${db(usageDays.ref)} later
        join ${db(usageSets.ref)} s on s.deployment_id = later.deployment_id and s.day = later.day
      where ${ofScope()} and later.position > ${atPosition} and s.position <= ${atPosition}
      order by s.deployment_id, s.day, s.set_no desc)`;
}

/**
 * The metered usage of a month by deployment and billing kind, ordered by both. Only the highest set of each
 * (deployment, day) that was complete by `atPosition` counts.
 * @param apart days that have a sum of their own; a deployment that is not among them has one for the month
 */
export async function usageForPeriod(
  db: Db,
  scope: UsageScope,
  apart: readonly DaysApart[] = [],
): Promise<UsageSum[]> {
  const { period, tenantId, deploymentIds } = scope;
  const month = { from: monthOf(period), to: lastDay(period) };
  const cut = await cutOf(db, scope);
  // The join costs a tenth of the query: a month in which nothing changed goes without it.
  const [days, join] =
    apart.length === 0
      ? [db`${month.from}::date, ${month.to}::date`, db``]
      : [
          db`coalesce(a.from_day, ${month.from}::date), coalesce(a.to_day, ${month.to}::date)`,
          db`left join ${rowsOf(db, apart)}
            on a.deployment_id = r.deployment_id and r.day between a.from_day and a.to_day`,
        ];
  // A deployment never changes its tenant, so the tenant is no part of the grouping. The groups are few, so
  // the order comes last.
  const sums = () => db<UsageSum[]>`
    select * from (
      select r.deployment_id, min(held.tenant_id) as tenant_id, r.resource_kind, sum(r.qty) as qty, ${days}
      from (${setsOfMonth(db, scope, cut)}) held
        join ${db(usageRecords.ref)} r
          on r.deployment_id = held.deployment_id and r.day = held.day and r.set_no = held.set_no
        ${join}
      where r.day between ${month.from}::date and ${month.to}::date
      group by r.deployment_id, r.resource_kind ${apart.length === 0 ? db`` : db`, a.from_day, a.to_day`}
    ) sums(deployment_id, tenant_id, resource_kind, qty, "from", "to")
    order by deployment_id, resource_kind, "from"`;
  const isWhole = tenantId === undefined && deploymentIds === undefined;
  const rows = await (isWhole ? withoutLookups(db, sums) : sums());
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/**
 * Runs a query over a whole month without nested loops: the planner estimates them cheaper than reading the
 * table, but they are three times slower. The setting ends with the query; outside of a transaction it has no
 * effect.
 */
export async function withoutLookups<T>(db: Db, query: () => Promise<T>): Promise<T> {
  await db`select set_config('enable_nestloop', 'off', true)`;
  const rows = await query();
  await db`select set_config('enable_nestloop', 'on', true)`;
  return rows;
}

/**
 * The usage of a month that was reported and not taken back by `atPosition`, summed up as `usageForPeriod`
 * does.
 * @param apart as of `usageForPeriod`
 */
export async function reportedForPeriod(
  db: Db,
  scope: UsageScope,
  apart: readonly DaysApart[] = [],
): Promise<UsageSum[]> {
  const { period, atPosition } = scope;
  const month = { from: monthOf(period), to: lastDay(period) };
  const rows = await db<UsageSum[]>`
    select u.deployment_id, u.tenant_id, u.resource_kind, sum(u.qty) as qty,
      coalesce(a.from_day, ${month.from}::date) as "from", coalesce(a.to_day, ${month.to}::date) as "to"
    from ${db(usageReports.ref)} u
    left join ${rowsOf(db, apart)}
      on a.deployment_id = u.deployment_id and u.day between a.from_day and a.to_day
    where u.day between ${month.from}::date and ${month.to}::date and ${countsAt(db, 'u', atPosition)}
      ${within(db, 'u', scope)}
    group by u.deployment_id, u.tenant_id, u.resource_kind, a.from_day, a.to_day
    order by u.deployment_id, u.resource_kind, a.from_day nulls first`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}

/** A deployment's LLM reports of a month, or of days of it: exact sums, never rounded here. */
export interface LlmChargeSum {
  deployment_id: string;
  tenant_id: string;
  charge_cents: string;
  /** Input and output. */
  tokens: string;
  requests: number;
  /** The days, where they are summed up apart; null: all others of the month. */
  from: string | null;
  to: string | null;
}

/**
 * The LLM gateway's reports of a month (by the UTC day they occurred on) by deployment, in the order of
 * deployment ids.
 * @param apart days that have a sum of their own, beside that of the deployment's other days
 */
export async function llmChargesForPeriod(
  db: Db,
  { period, atPosition, tenantId }: UsageScope,
  apart: readonly DaysApart[] = [],
): Promise<LlmChargeSum[]> {
  const rows = await db<LlmChargeSum[]>`
    select l.deployment_id, l.tenant_id, sum(l.charge_cents) as charge_cents,
      sum(l.input_tokens + l.output_tokens)::text as tokens, count(*) as requests,
      a.from_day as "from", a.to_day as "to"
    from ${db(llmUsage.ref)} l
    left join ${rowsOf(db, apart)}
      on a.deployment_id = l.deployment_id and l.day between a.from_day and a.to_day
    where l.day between ${monthOf(period)}::date and ${lastDay(period)}::date
      and ${countsAt(db, 'l', atPosition)}
      ${tenantId === undefined ? db`` : db`and l.tenant_id = ${tenantId}`}
    group by l.deployment_id, l.tenant_id, a.from_day, a.to_day
    order by l.deployment_id, a.from_day nulls first`;
  return rows.map((row) => ({ ...row, charge_cents: canonicalDecimal(row.charge_cents) }));
}
