import type { Db, Fragment } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { usageMonths } from '../usage/tables.ts';
import { rolledUpMonths, tenantInvoices } from './tables.ts';

/** A tenant that has no invoice for a month, and has facts of it that no rollup has judged. */
export interface Straggler {
  tenant_id: string;
  /** First day of the month. */
  period: string;
  /** Journal position of the last of those facts. */
  last_position: number;
}

/**
 * The tenants without an invoice that may have something to bill and that no rollup has judged: facts that
 * were recorded after the month was rolled up, or for a month that never was, and months that could not be
 * billed. It compares positions that are kept by tenant and month, and computes nothing anew. In the order of
 * months and tenants.
 * @param months one month by its first day, or all months before a first day
 */
export async function stragglers(
  db: Db,
  months: { period: string } | { before: string },
): Promise<Straggler[]> {
  const ofMonths = (month: Fragment): Fragment =>
    'period' in months ? db`${month} = ${months.period}::date` : db`${month} < ${months.before}::date`;
  // Facts that concern no such month are left out before their months are counted.
  const ofFacts =
    'period' in months
      ? db`f.effective_on <= ${lastDay(months.period)}::date
          and f.recorded_at >= ${months.period}::timestamp at time zone 'UTC'`
      : db`f.effective_on < ${months.before}::date`;
  const rows = await db<Straggler[]>`
    with facts as (
      select m.tenant_id, m.period, m.last_position as position from ${db(usageMonths.ref)} m
      where ${ofMonths(db`m.period`)}
      union all
      -- A fact concerns the months from its day on. Those after its recording were rolled up later.
      select f.tenant_id, months.first::date, f.position from ${db(subscriptionFacts.ref)} f
      cross join lateral generate_series(
        date_trunc('month', f.effective_on::timestamp),
        date_trunc('month', f.recorded_at at time zone 'UTC'), interval '1 month') months(first)
      where ${ofFacts} and ${ofMonths(db`months.first`)}
      union all
      select left_out.tenant_id, r.period, r.inputs_position from ${db(rolledUpMonths.ref)} r
      cross join lateral jsonb_to_recordset(r.not_billable) left_out(tenant_id text)
      where ${ofMonths(db`r.period`)}
    )
    select f.tenant_id, f.period, max(f.position)::bigint as last_position
    from facts f left join ${db(rolledUpMonths.ref)} r on r.period = f.period
    where (r.period is null or f.position > r.inputs_position
        or r.not_billable @> jsonb_build_array(jsonb_build_object('tenant_id', f.tenant_id)))
      and not exists (
        select from ${db(tenantInvoices.ref)} i where i.tenant_id = f.tenant_id and i.period_start = f.period)
    group by f.tenant_id, f.period
    order by f.period, f.tenant_id`;
  return [...rows];
}
