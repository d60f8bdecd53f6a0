import type { Db } from '../../src/database/db.ts';
import { invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { allocations } from './tables.ts';

/** What may have settled the last debt of a tenant. */
export interface SettledDebts {
  tenant_id: string;
  /** Journal position of the last event by which money or credit paid an invoice that was due; null: none. */
  paid_position: number | null;
  /** Journal position of the last reissue of an invoice; null: none. */
  reissued_position: number | null;
  /** Invoices that are void. */
  voided_ids: string[];
}

/** What may have settled the debts of tenants, as of now. */
export async function settledDebts(
  db: Db,
  tenants: readonly string[],
  today: string,
): Promise<SettledDebts[]> {
  if (tenants.length === 0) return [];
  return db<SettledDebts[]>`
    select t.tenant_id,
      (select max(a.position) from ${db(allocations.ref)} a
        join ${db(tenantInvoices.ref)} i on i.id = a.target_id
        where a.tenant_id = t.tenant_id and a.amount_cents > 0 and i.due_on < ${today}::date)
        as paid_position,
      (select max(s.position) from ${db(tenantInvoices.ref)} i
        join ${db(invoiceIssues.ref)} s on s.invoice_id = i.id
        where i.tenant_id = t.tenant_id and s.issue_no > 1) as reissued_position,
      array(select i.id from ${db(tenantInvoices.ref)} i
        where i.tenant_id = t.tenant_id and i.status = 'void' order by i.id) as voided_ids
    from unnest(${[...tenants]}::text[]) as t (tenant_id)`;
}
