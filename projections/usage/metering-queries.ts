import type { Db } from '../../src/database/db.ts';
import type { Granularity } from '../../src/pricing/metering.ts';
import { meteredDays, configuredMetering, usageDays, usageRecords } from './tables.ts';

/**
 * A configuration that was set. Other billing kinds are metered by day, and their records are kept without
 * limit.
 */
export interface MeteringConfigRow {
  resource_kind: string;
  granularity: Granularity;
  retention_days: number | null;
}

/** Every configuration that was ever set, as it is now, by kind. */
export async function meteringConfigs(db: Db): Promise<MeteringConfigRow[]> {
  return db<MeteringConfigRow[]>`
    select resource_kind, granularity, retention_days
    from ${db(configuredMetering.ref)} order by resource_kind`;
}

/** Deployments that a day has been metered for, also those whose set is empty. */
export async function deploymentsMeteredOn(
  db: Db,
  day: string,
  deploymentIds?: readonly string[],
): Promise<{ deployment_id: string; tenant_id: string }[]> {
  return db<{ deployment_id: string; tenant_id: string }[]>`
    select deployment_id, tenant_id from ${db(usageDays.ref)}
    where day = ${day}::date
      ${deploymentIds === undefined ? db`` : db`and deployment_id = any(${[...deploymentIds]}::text[])`}
    order by deployment_id`;
}

/**
 * Days of `[from, to)` that are metered for one of these deployments: a run has completed the day, or has
 * metered the deployment. In order.
 */
export async function daysMeteredFor(
  db: Db,
  deploymentIds: readonly string[],
  from: string,
  to: string,
): Promise<string[]> {
  const rows = await db<{ day: string }[]>`
    select day from ${db(meteredDays.ref)} where day >= ${from}::date and day < ${to}::date
    union
    select day from ${db(usageDays.ref)}
    where deployment_id = any(${[...deploymentIds]}::text[]) and day >= ${from}::date and day < ${to}::date
    order by day`;
  return rows.map(({ day }) => day);
}

/** Those of the days that a run has completed over all deployments. */
export async function completedDays(db: Db, days: readonly string[]): Promise<string[]> {
  const rows = await db<{ day: string }[]>`
    select day from ${db(meteredDays.ref)} where day = any(${[...days]}::date[]) order by day`;
  return rows.map(({ day }) => day);
}

/** How many deployments have usage of a day, and how many records. */
export interface DayCounts {
  day: string;
  deployments: number;
  records: number;
}

/** The counts of each of the days; zero for a day without usage. */
export async function countsOfDays(db: Db, days: readonly string[]): Promise<DayCounts[]> {
  return db<DayCounts[]>`
    select wanted.day, count(distinct r.deployment_id) as deployments, count(r.deployment_id) as records
    from unnest(${[...days]}::date[]) as wanted(day)
      left join ${db(usageDays.ref)} d on d.day = wanted.day
      left join ${db(usageRecords.ref)} r
        on r.deployment_id = d.deployment_id and r.day = d.day and r.set_no = d.set_no
    group by wanted.day order by wanted.day`;
}
