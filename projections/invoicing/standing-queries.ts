import type { Db } from '../../src/database/db.ts';
import { monthOf } from '../../src/pricing/calendar.ts';
import { tenantInvoices } from './tables.ts';

/** A tenant's invoice that stands: not void. */
export interface StandingInvoiceRow {
  invoice_id: string;
  period_start: string;
  period_end: string;
}

/**
 * A tenant's invoices that are not void and cover the day or a later one, oldest first, for commands that
 * date something from that day on.
 */
export async function standingInvoices(
  db: Db,
  { tenantId, fromDay, today }: { tenantId: string; fromDay: string; today: string },
): Promise<StandingInvoiceRow[]> {
  // A month is invoiced after its end, so that no invoice can reach into the present one.
  if (fromDay >= monthOf(today)) return [];
  const rows = await db<StandingInvoiceRow[]>`
    select id as invoice_id, period_start, period_end from ${db(tenantInvoices.ref)}
    where tenant_id = ${tenantId} and status <> 'void' and period_end >= ${fromDay}::date
    order by period_start`;
  return [...rows];
}

/** The last day that a standing invoice of each tenant covers; tenants without any are missing. */
export async function lastInvoicedDays(db: Db, tenantIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db<{ tenant_id: string; day: string }[]>`
    select tenant_id, max(period_end) as day from ${db(tenantInvoices.ref)}
    where status <> 'void' and tenant_id = any(${[...tenantIds]}::text[]) group by tenant_id`;
  return new Map(rows.map(({ tenant_id, day }) => [tenant_id, day]));
}
