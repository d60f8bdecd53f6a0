import type { Db } from '../../src/database/db.ts';
import { corrections, tenantInvoiceLines, tenantInvoices } from './tables.ts';

/**
 * The invoices of a month whose rows do not add up: lines that do not come to the total of the invoice, or of
 * one of its notes. By id.
 * @param period first day of the month
 */
export async function invoicesThatDoNotAddUp(db: Db, period: string): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select distinct d.id from (
      select i.id, i.lines_hash, i.total_cents from ${db(tenantInvoices.ref)} i
      where i.period_start = ${period}::date
      union all
      select c.invoice_id, c.lines_hash, c.total_cents from ${db(corrections.ref)} c
        join ${db(tenantInvoices.ref)} i on i.id = c.invoice_id
      where i.period_start = ${period}::date) d
    where d.total_cents <> (
      select coalesce(sum(l.amount_cents), 0) from ${db(tenantInvoiceLines.ref)} l
      where l.invoice_id = d.id and l.lines_hash = d.lines_hash)
    order by d.id`;
  return rows.map(({ id }) => id);
}
