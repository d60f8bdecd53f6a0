import type { Db, Fragment } from '../../src/database/db.ts';
import {
  revenueStatuses,
  type RevenueInvoice,
  type RevenueLine,
  type RevenueStatus,
} from '../../src/pricing/margin.ts';
import { corrections, tenantInvoiceLines, tenantInvoices } from './tables.ts';

/** A line set that was revenue: of an issue, or of a note. */
export interface CountingIssue {
  id: string;
  tenant_id: string;
  status: RevenueStatus;
  lines_hash: string;
}

/**
 * The revenue of a month: its issued and paid invoices with their notes, in the order of tenants. Their lines
 * are summed by deployment, kind and resource kind, which is all that a margin distinguishes.
 * @param period first day of the month
 * @param issues those that were revenue at a past moment; default: those that are now
 */
export async function revenueOfPeriod(
  db: Db,
  period: string,
  issues?: readonly CountingIssue[],
): Promise<RevenueInvoice[]> {
  const counting =
    issues !== undefined
      ? issuesAsRows(db, issues)
      : db`(
    select id, tenant_id, status, lines_hash from ${db(tenantInvoices.ref)}
    where period_start = ${period}::date and status = any(${[...revenueStatuses]}::text[])
    union all
    select c.invoice_id, c.tenant_id, noted.status, c.lines_hash from ${db(corrections.ref)} c
    join ${db(tenantInvoices.ref)} noted on noted.id = c.invoice_id
    where noted.period_start = ${period}::date and noted.status = any(${[...revenueStatuses]}::text[]))`;
  const rows = await db<(RevenueLine & { tenant_id: string; status: RevenueStatus })[]>`
    select i.tenant_id, i.status, l.deployment_id, l.kind, l.resource_kind,
      sum(l.amount_cents)::bigint as amount_cents
    from ${counting} i(id, tenant_id, status, lines_hash)
    join ${db(tenantInvoiceLines.ref)} l on l.invoice_id = i.id and l.lines_hash = i.lines_hash
    group by i.tenant_id, i.status, l.deployment_id, l.kind, l.resource_kind
    order by i.tenant_id, l.deployment_id, l.kind, l.resource_kind`;
  const invoices = new Map<string, { tenant_id: string; status: RevenueStatus; lines: RevenueLine[] }>();
  for (const { tenant_id, status, ...line } of rows) {
    const known = invoices.get(tenant_id) ?? { tenant_id, status, lines: [] };
    invoices.set(tenant_id, known);
    known.lines.push(line);
  }
  return [...invoices.values()];
}

function issuesAsRows(db: Db, issues: readonly CountingIssue[]): Fragment {
  const texts = (value: (issue: CountingIssue) => string) => db`${issues.map(value)}::text[]`;
  return db`unnest(
    ${texts(({ id }) => id)}, ${texts(({ tenant_id }) => tenant_id)},
    ${texts(({ status }) => status)}, ${texts(({ lines_hash }) => lines_hash)})`;
}
