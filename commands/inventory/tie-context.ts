import { refuse } from '../../src/engine/refusal.ts';
import type { Refusal } from '../../src/engine/refusal.ts';

/** A tenant invoice that counts: any but a void one. */
export interface StandingInvoice {
  invoice_id: string;
  period_start: string;
  /** Inclusive last day. */
  period_end: string;
}

/** What a tie's decision needs of other contexts. */
export interface TieContext {
  /** Null when nobody knows the deployment. */
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
  /** The tenant's invoices that are not void and whose period ends on or after the day in question, oldest first. */
  invoices: readonly StandingInvoice[];
}

/** Refuses days in `[from, to)` (`to` null: open) that an invoice covers. */
export function refuseInvoicedDays(invoices: readonly StandingInvoice[], from: string, to: string | null): Refusal | null {
  const hit = invoices.find((invoice) => invoice.period_end >= from && (to === null || invoice.period_start < to));
  if (hit === undefined) return null;
  const period = hit.period_start.slice(0, 7);
  return refuse('period-invoiced', `${period} is invoiced already (invoice ${hit.invoice_id})`, { extra: { invoice_id: hit.invoice_id, period: hit.period_start } });
}
