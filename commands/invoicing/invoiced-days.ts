import { refuse, type Refusal } from '../../src/ledger/refusal.ts';

/**
 * A tenant's invoice that stands: any but a void one that was not issued again, whose month can still be
 * corrected.
 */
export interface StandingInvoice {
  invoice_id: string;
  /** First day of the month. */
  period_start: string;
  /** Inclusive last day. */
  period_end: string;
}

/**
 * Refuses to date something into a month whose invoice stands: days in `[from, to)` that one of the invoices
 * covers. Names the first such invoice.
 * @param invoices the tenant's invoices that stand, oldest first
 * @param to null: open
 */
export function refuseInvoicedDays(
  invoices: readonly StandingInvoice[],
  from: string,
  to: string | null,
): Refusal | null {
  const hit = invoices.find(
    (invoice) => invoice.period_end >= from && (to === null || invoice.period_start < to),
  );
  if (hit === undefined) return null;
  const period = hit.period_start.slice(0, 7);
  const detail = `the tenant has an invoice for ${period} already (${hit.invoice_id})`;
  return refuse('period-invoiced', detail, {
    extra: { invoice_id: hit.invoice_id, period: hit.period_start },
  });
}
