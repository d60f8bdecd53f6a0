import type { StandingInvoice } from '../invoicing/invoiced-days.ts';

/** What a tie's decision needs of other contexts. */
export interface TieContext {
  /** Null when nobody knows the deployment. */
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
  /** The tenant's invoices that stand and whose period ends on or after the day in question, oldest first. */
  invoices: readonly StandingInvoice[];
}
