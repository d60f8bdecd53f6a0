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
  /** The note; null for an issue. */
  correction_id: string | null;
}

/** The line of an issue or of a note that is revenue. */
export interface RevenueLineRow extends RevenueLine {
  tenant_id: string;
  invoice_id: string;
  /** Null: a line of the invoice itself. */
  correction_id: string | null;
  line_no: number;
  description: string;
}

/**
 * The lines of {@link revenueOfPeriod} without tax, of a tenant or of a deployment, in order of documents.
 */
export async function revenueLinesOf(
  db: Db,
  period: string,
  of: { tenantId?: string | undefined; deploymentId?: string | null | undefined },
  issues?: readonly CountingIssue[],
): Promise<RevenueLineRow[]> {
  const { tenantId, deploymentId } = of;
  return db<RevenueLineRow[]>`
    select i.tenant_id, i.id as invoice_id, i.correction_id, l.line_no, l.deployment_id, l.kind,
      l.resource_kind, l.description, l.amount_cents
    from ${countingIssues(db, period, issues)} i(id, tenant_id, status, lines_hash, correction_id)
    join ${db(tenantInvoiceLines.ref)} l on l.invoice_id = i.id and l.lines_hash = i.lines_hash
    where l.kind <> 'tax'
      ${tenantId === undefined ? db`` : db`and i.tenant_id = ${tenantId}`}
      ${deploymentId === undefined ? db`` : db`and ${isOf(db, deploymentId)}`}
    order by i.tenant_id, i.id, i.correction_id nulls first, l.line_no`;
}

/** Which revenue, and how it is summed. */
export interface RevenueScope {
  /** First day of the month. */
  period: string;
  /** Those that were revenue at a past moment; default: those that are now. */
  issues?: readonly CountingIssue[] | undefined;
  /** Whether each deployment is summed apart; else all lines are of none. */
  byDeployment: boolean;
}

/**
 * The revenue of a month: its issued and paid invoices with their notes, in the order of tenants. Their lines
 * of each document are summed by kind and resource kind, and by deployment where that is asked for: it is all
 * that a margin distinguishes.
 */
export async function revenueOfPeriod(
  db: Db,
  { period, issues, byDeployment }: RevenueScope,
): Promise<RevenueInvoice[]> {
  const [deployment, group] = byDeployment
    ? [db`l.deployment_id`, db`l.deployment_id, l.kind, l.resource_kind`]
    : [db`null::text`, db`l.kind, l.resource_kind`];
  // Summed document by document: a few lines each time, where to sort all lines of a month takes longer.
  const rows = await db<(RevenueLine & { tenant_id: string; status: RevenueStatus })[]>`
    select i.tenant_id, i.status, sums.deployment_id, sums.kind, sums.resource_kind, sums.amount_cents
    from ${countingIssues(db, period, issues)} i(id, tenant_id, status, lines_hash, correction_id)
    cross join lateral (
      select ${deployment} as deployment_id, l.kind, l.resource_kind,
        sum(l.amount_cents)::bigint as amount_cents
      from ${db(tenantInvoiceLines.ref)} l where l.invoice_id = i.id and l.lines_hash = i.lines_hash
      group by ${group}) sums
    order by i.tenant_id, sums.deployment_id, sums.kind, sums.resource_kind`;
  const invoices = new Map<string, { tenant_id: string; status: RevenueStatus; lines: RevenueLine[] }>();
  for (const { tenant_id, status, ...line } of rows) {
    const known = invoices.get(tenant_id) ?? { tenant_id, status, lines: [] };
    invoices.set(tenant_id, known);
    known.lines.push(line);
  }
  return [...invoices.values()];
}

const isOf = (db: Db, deploymentId: string | null): Fragment =>
  db`l.deployment_id is not distinct from ${deploymentId}::text`;

/** The issues and notes that are revenue: `(id, tenant_id, status, lines_hash, correction_id)`. */
function countingIssues(db: Db, period: string, issues?: readonly CountingIssue[]): Fragment {
  if (issues !== undefined) return issuesAsRows(db, issues);
  return db`(
    select id, tenant_id, status, lines_hash, null::text from ${db(tenantInvoices.ref)}
    where period_start = ${period}::date and status = any(${[...revenueStatuses]}::text[])
    union all
    select c.invoice_id, c.tenant_id, noted.status, c.lines_hash, c.id from ${db(corrections.ref)} c
    join ${db(tenantInvoices.ref)} noted on noted.id = c.invoice_id
    where noted.period_start = ${period}::date and noted.status = any(${[...revenueStatuses]}::text[]))`;
}

function issuesAsRows(db: Db, issues: readonly CountingIssue[]): Fragment {
  const texts = (value: (issue: CountingIssue) => string | null) => db`${issues.map(value)}::text[]`;
  return db`unnest(
    ${texts(({ id }) => id)}, ${texts(({ tenant_id }) => tenant_id)},
    ${texts(({ status }) => status)}, ${texts(({ lines_hash }) => lines_hash)},
    ${texts(({ correction_id }) => correction_id)})`;
}
