import type { Db } from '../../src/database/db.ts';
import { rolledUpMonths, tenantInvoices } from './tables.ts';

/** Those of the months (first days) that a rollup has completed over all tenants, in order. */
export async function completedMonths(db: Db, periods: readonly string[]): Promise<string[]> {
  const rows = await db<{ period: string }[]>`
    select period from ${db(rolledUpMonths.ref)} where period = any(${[...periods]}::date[]) order by period`;
  return rows.map(({ period }) => period);
}

/** How many invoices there are for a month (its first day), void ones included. */
export async function countInvoices(db: Db, period: string): Promise<number> {
  const [row] = await db<
    { invoices: number }[]
  >`select count(*) as invoices from ${db(tenantInvoices.ref)} where period_start = ${period}::date`;
  return row?.invoices ?? 0;
}

/** The tax that a month's invoices bear. */
export interface MonthTax {
  /** First day of the month. */
  period: string;
  name: string;
  rate: string;
}

/** The tax of every invoiced month, in order; where its invoices differ, that of the latest issue. */
export async function taxesOfMonths(db: Db): Promise<MonthTax[]> {
  return db<MonthTax[]>`
    select distinct on (period_start) period_start as period, tax_name as name, tax_rate as rate from ${db(tenantInvoices.ref)}
    order by period_start, issued_at desc, id`;
}
