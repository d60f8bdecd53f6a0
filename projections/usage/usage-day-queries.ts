/** What deployments used on each day of a month. */
import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { tokensKind } from '../../src/pricing/usage-runs.ts';
import { rowsOf, type DaysApart } from './invoicing-queries.ts';
import { llmUsage, usageDays, usageRecords, usageReports } from './tables.ts';
import { countsAt } from './voided.ts';

/** The usage of a billing kind on a day, metered and reported: the exact sum, canonical. */
export interface DayOfUse {
  deployment_id: string;
  resource_kind: string;
  day: string;
  qty: string;
}

/**
 * Usage by deployment, billing kind and day, in this order; days without a record are missing.
 * @param period first day of the month
 * @param tokenDays the days on which the gateway's tokens count as usage
 */
export async function usageByDay(
  db: Db,
  {
    period,
    deploymentIds,
    tokenDays,
  }: { period: string; deploymentIds: readonly string[]; tokenDays: readonly DaysApart[] },
): Promise<DayOfUse[]> {
  const ofMonth = (alias: string) => db`
    ${db(`${alias}.deployment_id`)} = any(${[...deploymentIds]}::text[])
    and ${db(`${alias}.day`)} between ${period}::date and ${lastDay(period)}::date`;
  const rows = await db<DayOfUse[]>`
    select deployment_id, resource_kind, day, sum(qty) as qty from (
      select r.deployment_id, r.resource_kind, r.day, r.qty
      from ${db(usageDays.ref)} d join ${db(usageRecords.ref)} r
        on r.deployment_id = d.deployment_id and r.day = d.day and r.set_no = d.set_no
      where ${ofMonth('d')}
      union all
      select u.deployment_id, u.resource_kind, u.day, u.qty from ${db(usageReports.ref)} u
      where ${ofMonth('u')} and ${countsAt(db, 'u', undefined)}
      union all
      select l.deployment_id, ${tokensKind}::text, l.day, (l.input_tokens + l.output_tokens)::numeric
      from ${db(llmUsage.ref)} l join ${rowsOf(db, tokenDays)}
        on a.deployment_id = l.deployment_id and l.day between a.from_day and a.to_day
      where ${ofMonth('l')} and ${countsAt(db, 'l', undefined)}
    ) used
    group by deployment_id, resource_kind, day order by deployment_id, resource_kind, day`;
  return rows.map((row) => ({ ...row, qty: canonicalDecimal(row.qty) }));
}
