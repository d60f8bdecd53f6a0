import type { StandingInvoice } from '../invoicing/invoiced-days.ts';

/** What the decision on a tie needs from other contexts. */
export interface TieContext {
  /** Null if there is no such deployment. */
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
  /** The tenant's standing invoices whose period ends on or after the day, oldest first. */
  invoices: readonly StandingInvoice[];
}
