import type { Db } from '../../src/database/db.ts';
import { owedChanges, type DatedCents, type OwedIssue, type OwedNote } from '../../src/pricing/owed.ts';
import { deployments } from '../deployments/tables.ts';
import { corrections, invoiceIssues, tenantInvoices } from '../invoicing/tables.ts';
import { customers } from '../parties/tables.ts';
import { accounts, accountTargets } from './tables.ts';

/** An invoice that can be paid. */
export interface InvoiceTargetRow {
  invoice_id: string;
  currency: string;
  is_void: boolean;
  due_on: string;
  /** Journal position of its first issue. */
  position: number;
  /** How what is owed for it changed. */
  owed: DatedCents[];
}

interface LifeRow {
  invoice_id: string;
  currency: string;
  status: string;
  due_on: string;
  paid_at: string | null;
  voided_at: string | null;
}

/** All invoices of a tenant, with how what is owed for each changed. */
export async function invoiceTargets(db: Db, tenantId: string): Promise<InvoiceTargetRow[]> {
  const lives = await db<LifeRow[]>`
    select id as invoice_id, currency, status, due_on, paid_at, voided_at
    from ${db(tenantInvoices.ref)} where tenant_id = ${tenantId}`;
  const ids = lives.map(({ invoice_id }) => invoice_id);
  const issues = await db<(OwedIssue & { invoice_id: string; position: number })[]>`
    select invoice_id, issue_no, position, issued_at, total_cents, due_on, voided_at
    from ${db(invoiceIssues.ref)} where invoice_id = any(${ids}::text[]) order by invoice_id, issue_no`;
  const notes = await db<(OwedNote & { invoice_id: string })[]>`
    select invoice_id, issue_no, issued_at, total_cents, due_on from ${db(corrections.ref)}
    where tenant_id = ${tenantId} and kind = 'debit_note' order by invoice_id, correction_no`;
  return lives.map(({ status, paid_at, voided_at, ...life }) => {
    const isOwn = ({ invoice_id }: { invoice_id: string }): boolean => invoice_id === life.invoice_id;
    const own = issues
      .filter(isOwn)
      .map((issue, index, all) => (index === all.length - 1 ? { ...issue, voided_at } : issue));
    return {
      ...life,
      is_void: status === 'void',
      position: own[0]?.position ?? 0,
      owed: owedChanges({
        issues: own,
        debit_notes: notes.filter(isOwn),
        paid_whole_at: paid_at,
      }),
    };
  });
}

/** What account commands read of a tenant. */
export async function loadAccountContext(
  db: Db,
  { tenant_id }: { tenant_id: string },
): Promise<{ invoices: InvoiceTargetRow[]; is_known: boolean }> {
  const invoices = await invoiceTargets(db, tenant_id);
  return { invoices, is_known: invoices.length > 0 || (await isKnownTenant(db, tenant_id)) };
}

/** Whether a tenant has a profile, a deployment, an invoice or an account. */
export async function isKnownTenant(db: Db, tenantId: string): Promise<boolean> {
  const [row] = await db<{ known: boolean }[]>`
    select exists (select from ${db(deployments.ref)} where tenant_id = ${tenantId})
      or exists (select from ${db(customers.ref)} where tenant_id = ${tenantId})
      or exists (select from ${db(tenantInvoices.ref)} where tenant_id = ${tenantId})
      or exists (select from ${db(accounts.ref)} where tenant_id = ${tenantId}) as known`;
  return row?.known === true;
}

/** What payments and credit notes have paid of an invoice. */
export async function loadAllocated(
  db: Db,
  { invoice_id }: { invoice_id: string },
): Promise<{ allocated_cents: number }> {
  const [row] = await db<{ allocated_cents: number }[]>`
    select paid_cents + credited_cents as allocated_cents
    from ${db(accountTargets.ref)} where target_id = ${invoice_id}`;
  return row ?? { allocated_cents: 0 };
}
