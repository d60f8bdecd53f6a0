import type { Db, Fragment } from '../../src/database/db.ts';
import { addDecimals } from '../../src/pricing/money.ts';
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

/** How many records are behind a line's quantity, and their exact sum. */
export interface UsageTotal {
  count: number;
  sum: string;
}

/** Count and sum of the records behind a line, for each of some lines: what the month's inputs add up. */
export async function billedUsageTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(line: LineName) => UsageTotal> {
  const metered = lines.filter(({ resource_kind }) => resource_kind !== null);
  const charged = lines.filter(({ resource_kind }) => resource_kind === null);
  const counted = lines
    .filter(({ gateway_days }) => gateway_days.length > 0)
    .map((line) => ({ ...line, days: line.gateway_days }));
  const found = (
    await Promise.all([
      meteredTotals(db, scope, metered),
      reportedTotals(db, scope, metered),
      gatewayTotals(db, scope, charged, db`l.charge_cents`),
      gatewayTotals(db, scope, counted, tokens(db)),
    ])
  ).flat();
  const totals = new Map<string, UsageTotal>();
  for (const total of found) {
    const known = totals.get(lineKey(total)) ?? { count: 0, sum: '0' };
    totals.set(lineKey(total), { count: known.count + total.count, sum: addDecimals(known.sum, total.sum) });
  }
  return (line) => totals.get(lineKey(line)) ?? { count: 0, sum: '0' };
}

type LineName = Pick<BilledUsage, 'deployment_id' | 'resource_kind'>;

const lineKey = ({ deployment_id, resource_kind }: LineName): string =>
  JSON.stringify([deployment_id, resource_kind]);

/** Deployments with the days that count, as rows `w`. */
const daysByDeployment = (db: Db, lines: readonly BilledUsage[]) => {
  const days = new Map(lines.map((line) => [line.deployment_id, multirange(line.days)]));
  return db`(
    select d.id as deployment_id, d.days::datemultirange as days
    from unnest(${[...days.keys()]}::text[], ${[...days.values()]}::text[]) as d(id, days)) w`;
};

/** The sets of a tenant's month are found in one go, by a plan that needs no statistics to be good. */
async function meteredTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const [deployments, kinds] = [
    new Set(lines.map(({ deployment_id }) => deployment_id)),
    new Set(lines.map(({ resource_kind }) => resource_kind)),
  ];
  const ofLines = db`
    s.deployment_id = any(${[...deployments]}::text[]) and s.tenant_id = ${scope.tenantId}
    and s.day between ${daysOf(db, scope)}`;
  return db<(LineName & UsageTotal)[]>`
    with held as (${setsHeldAt(db, scope.atPosition, ofLines)})
    select r.deployment_id, r.resource_kind, count(*) as count, sum(r.qty) as sum
    from held join ${db(usageRecords.ref)} r
      on r.deployment_id = held.deployment_id and r.day = held.day and r.set_no = held.set_no
    join ${daysByDeployment(db, lines)} on w.deployment_id = r.deployment_id and r.day <@ w.days
    where r.resource_kind = any(${[...kinds]}::text[]) and r.day between ${daysOf(db, scope)}
    group by r.deployment_id, r.resource_kind`;
}

async function reportedTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const kinds = new Set(lines.map(({ resource_kind }) => resource_kind));
  return db<(LineName & UsageTotal)[]>`
    select w.deployment_id, r.resource_kind, r.count, r.sum from ${daysByDeployment(db, lines)}
    cross join lateral (
      select u.resource_kind, count(*) as count, sum(u.qty) as sum
        ${countingReports(db, scope)} and u.day <@ w.days and u.resource_kind = any(${[...kinds]}::text[])
      group by u.resource_kind) r`;
}

/** @param qty of a report `l` */
async function gatewayTotals(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly BilledUsage[],
  qty: Fragment,
): Promise<(LineName & UsageTotal)[]> {
  if (lines.length === 0) return [];
  const kinds = new Map(lines.map(({ deployment_id, resource_kind }) => [deployment_id, resource_kind]));
  const rows = await db<(Omit<LineName, 'resource_kind'> & UsageTotal)[]>`
    select w.deployment_id, u.count, u.sum from ${daysByDeployment(db, lines)}
    cross join lateral (
      select count(*) as count, coalesce(sum(${qty}), 0) as sum
        ${gatewayReports(db, scope)} and l.day <@ w.days) u`;
  return rows.map((row) => ({ ...row, resource_kind: kinds.get(row.deployment_id) ?? null }));
}
