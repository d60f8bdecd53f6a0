import type { Db } from '../../src/database/db.ts';
import type { RevenueInvoice, RevenueLine } from '../../src/pricing/margin.ts';
import { tenantInvoiceLines, tenantInvoices } from './tables.ts';

/**
 * The revenue of a month: the issued and paid invoices, their lines summed by deployment, kind and resource kind (which
 * is all that a margin tells apart), in the order of tenants.
 * @param period first day of the month
 */
export async function revenueOfPeriod(db: Db, period: string): Promise<RevenueInvoice[]> {
  const rows = await db<(RevenueLine & { tenant_id: string; status: 'issued' | 'paid' })[]>`
    select i.tenant_id, i.status, l.deployment_id, l.kind, l.resource_kind, sum(l.amount_cents)::bigint as amount_cents
    from ${db(tenantInvoices.ref)} i
    join ${db(tenantInvoiceLines.ref)} l on l.invoice_id = i.id and l.lines_hash = i.lines_hash
    where i.period_start = ${period}::date and i.status in ('issued', 'paid')
    group by i.tenant_id, i.status, l.deployment_id, l.kind, l.resource_kind
    order by i.tenant_id, l.deployment_id, l.kind, l.resource_kind`;
  const invoices = new Map<string, { tenant_id: string; status: 'issued' | 'paid'; lines: RevenueLine[] }>();
  for (const { tenant_id, status, ...line } of rows) {
    const known = invoices.get(tenant_id) ?? { tenant_id, status, lines: [] };
    invoices.set(tenant_id, known);
    known.lines.push(line);
  }
  return [...invoices.values()];
}
