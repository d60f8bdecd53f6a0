import type { Db } from '../../src/database/db.ts';
import { corrections, tenantInvoices } from '../invoicing/tables.ts';
import { openCents, paidJoin } from './figure-queries.ts';
import { accountEntries, accounts } from './tables.ts';

/** Whose accounts to look at: these tenants, or all. */
export interface SettleScope {
  tenantIds?: readonly string[] | undefined;
  /** Of the ledger: invoices in another are not paid. */
  currency: string;
}

/**
 * Tenants whose balance can pay an open invoice, or whose money pays an invoice that no longer takes it: one
 * that is void, or that was issued anew for less.
 */
export async function unsettledTenants(db: Db, { tenantIds, currency }: SettleScope): Promise<string[]> {
  const scope = tenantIds === undefined ? db`` : db`and i.tenant_id = any(${[...tenantIds]}::text[])`;
  const rows = await db<{ tenant_id: string }[]>`
    select a.tenant_id from ${db(accounts.ref)} a
    where a.balance_cents > 0 and exists (
      select from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
      where i.tenant_id = a.tenant_id and i.currency = ${currency} ${scope} and ${openCents(db)} > 0)
    union
    select i.tenant_id from ${db(tenantInvoices.ref)} i ${paidJoin(db)}
    where (i.status = 'void' or i.issue_no > 1) ${scope}
      and paid.paid_cents + paid.credited_cents > 0
      and (i.status = 'void' or ${openCents(db)} < 0)
    order by tenant_id`;
  return rows.map(({ tenant_id }) => tenant_id);
}

/** A credit note that no account has taken. */
export interface UntakenNote {
  tenant_id: string;
  correction_id: string;
  invoice_id: string;
  /** Positive. */
  amount_cents: number;
  /** The day of its issue. */
  on: string;
}

/** Credit notes that no account has taken, in the order of their issue. */
export async function untakenNotes(db: Db, { tenantIds }: SettleScope): Promise<UntakenNote[]> {
  const rows = await db<UntakenNote[]>`
    select c.tenant_id, c.id as correction_id, c.invoice_id, -c.total_cents as amount_cents,
      (c.issued_at at time zone 'UTC')::date as on
    from ${db(corrections.ref)} c
    where c.kind = 'credit_note' and c.total_cents < 0
      ${tenantIds === undefined ? db`` : db`and c.tenant_id = any(${[...tenantIds]}::text[])`}
      and not exists (
        select from ${db(accountEntries.ref)} e where e.source_id = c.id and e.kind = 'credit_note')
    order by c.position`;
  return [...rows];
}
