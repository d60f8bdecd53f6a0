import { billingBalance } from './billing/balance.ts';
import { billingHistory } from './billing/history.ts';
import { billingIngestInvoice } from './billing/ingest-invoice.ts';
import type { Job } from './job.ts';

/** Every job of the ledger (spec 14): one table for the schedule, the API and the CLI. */
export const jobs: readonly Job[] = [
  // provider billing
  billingBalance,
  billingHistory,
  billingIngestInvoice,
];
