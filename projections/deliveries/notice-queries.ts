import type { Db } from '../../src/database/db.ts';
import { tenantInvoices } from '../invoicing/tables.ts';
import { customerOn } from '../parties/customer-queries.ts';
import { openCents, paidJoin } from '../receivables/figure-queries.ts';

/** For a notice: whether a tenant has a profile that is not erased. */
export async function loadNoticeContext(
  db: Db,
  { tenant_id }: { tenant_id: string },
  { now }: { now: string },
): Promise<boolean> {
  const customer = await customerOn(db, tenant_id, now.slice(0, 10));
  return customer !== null && customer.erased_at === null;
}

/** Whether nothing is open of any of these invoices. One that is not known counts as open. */
export async function isNothingOpen(db: Db, invoiceIds: readonly string[]): Promise<boolean> {
  const rows = await db<{ id: string }[]>`
    select i.id from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
    where i.id = any(${[...invoiceIds]}::text[]) and ${openCents(db)} <= 0`;
  return rows.length === new Set(invoiceIds).size;
}
