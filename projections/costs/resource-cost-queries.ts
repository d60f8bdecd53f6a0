import type { Db } from '../../src/database/db.ts';
import { costLines, costMatches, providerInvoices } from './tables.ts';

/** What the provider billed for resources in the last month of which an invoice is ingested. */
export interface BilledResources {
  /** First day of that month; null: no invoice is ingested. */
  period: string | null;
  /** Cents before tax in the provider's currency, by resource; those without a line are missing. */
  cents: ReadonlyMap<string, number>;
}

/** What the provider last billed for resources, by the lines that are matched to them. */
export async function lastBilledOf(db: Db, resourceIds: readonly string[]): Promise<BilledResources> {
  const [last] = await db<{ period: string | null }[]>`
    select max(period) as period from ${db(providerInvoices.ref)} where status = 'ingested'`;
  const period = last?.period ?? null;
  if (period === null || resourceIds.length === 0) return { period, cents: new Map() };
  const rows = await db<{ resource_id: string; cents: number }[]>`
    select m.resource_id, sum(l.amount_cents)::bigint as cents
    from ${db(providerInvoices.ref)} p
    join ${db(costMatches.ref)} m on m.invoice_uuid = p.uuid and m.matches_hash = p.matches_hash
    join ${db(costLines.ref)} l
      on l.invoice_uuid = p.uuid and l.lines_hash = p.lines_hash and l.line_no = m.line_no
    where p.period = ${period}::date and p.status = 'ingested' and not l.is_tax
      and m.resource_id = any(${[...resourceIds]}::text[])
    group by m.resource_id`;
  return { period, cents: new Map(rows.map(({ resource_id, cents }) => [resource_id, cents])) };
}
