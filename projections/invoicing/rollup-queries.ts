import type { Db } from '../../src/database/db.ts';
import { rolledUpMonths, tenantInvoices } from './tables.ts';

/** Which of the months (first days) a rollup has completed over all tenants, in order. */
export async function completedMonths(db: Db, periods: readonly string[]): Promise<string[]> {
  const rows = await db<{ period: string }[]>`
    select period from ${db(rolledUpMonths.ref)} where period = any(${[...periods]}::date[]) order by period`;
  return rows.map(({ period }) => period);
}

/** How many invoices there are for a month (its first day), void ones included. */
export async function countInvoices(db: Db, period: string): Promise<number> {
  const [row] = await db<{ invoices: number }[]>`
    select count(*) as invoices from ${db(tenantInvoices.ref)} where period_start = ${period}::date`;
  return row?.invoices ?? 0;
}
