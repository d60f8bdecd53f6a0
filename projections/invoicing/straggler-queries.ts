import type { Db } from '../../src/database/db.ts';
import { subscriptionFacts } from '../deployments/tables.ts';
import { usageMonths } from '../usage/tables.ts';
import { rolledUpMonths, tenantInvoices } from './tables.ts';

/** A tenant that has no invoice for a month, and facts of it that no rollup has judged yet. */
export interface Straggler {
  tenant_id: string;
  /** First day of the month. */
  period: string;
  /** Journal position of the last of those facts. */
  last_position: number;
}

/** What a rollup over all tenants has left of a month. */
export interface RollupMark {
  period: string;
  /**
   * The journal position up to which every tenant without an invoice was judged; 0: an earlier release did
   * not say.
   */
  inputs_position: number;
  /** Tenants whose month could not be billed then. */
  not_billable: { tenant_id: string; reason: string }[];
}

/** The mark of a month; null: it was not rolled up over all tenants. */
export async function rollupMark(db: Db, period: string): Promise<RollupMark | null> {
  const [row] = await db<RollupMark[]>`
    select period, inputs_position, not_billable from ${db(rolledUpMonths.ref)} where period = ${period}::date`;
  return row ?? null;
}

/**
 * Who may have something to bill for a month before `before` that no rollup has seen: facts that were
 * recorded after the month was rolled up (or for a month that never was), and months that could not be
 * billed. It compares positions that are kept by tenant and month, and computes nothing anew. In the order of
 * months and tenants.
 * @param before first day of the first month that has not ended
 * @param period this month alone
 */
export async function stragglers(
  db: Db,
  { before, period }: { before: string; period?: string | undefined },
): Promise<Straggler[]> {
  const rows = await db<Straggler[]>`
    with facts as (
      select m.tenant_id, m.period, m.last_position as position from ${db(usageMonths.ref)} m
      where m.period < ${before}::date ${period === undefined ? db`` : db`and m.period = ${period}::date`}
      union all
      -- A fact concerns the months from its day on; those after the month that it was recorded in were rolled up later.
      select f.tenant_id, months.first::date, f.position from ${db(subscriptionFacts.ref)} f
      cross join lateral generate_series(
        date_trunc('month', f.effective_on::timestamp), date_trunc('month', f.recorded_at at time zone 'UTC'), interval '1 month') months(first)
      where months.first < ${before}::date ${period === undefined ? db`` : db`and months.first = ${period}::date`}
      union all
      select left_out.tenant_id, r.period, r.inputs_position from ${db(rolledUpMonths.ref)} r
      cross join lateral jsonb_to_recordset(r.not_billable) left_out(tenant_id text)
      where true ${period === undefined ? db`` : db`and r.period = ${period}::date`}
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
