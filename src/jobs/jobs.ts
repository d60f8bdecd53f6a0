import { billingBalance } from './billing-balance.ts';
import { billingHistory } from './billing-history.ts';
import { billingIngestInvoice } from './billing-ingest-invoice.ts';
import { driftDetect } from './drift-detect.ts';
import { driftRevert } from './drift-revert.ts';
import { invoicesCorrect } from './invoices-correct.ts';
import { financeArJob } from './finance-ar.ts';
import { invoicesRollup } from './invoices-rollup.ts';
import { invoicesSend } from './invoices-send.ts';
import type { Job } from './job.ts';
import { lifecycleDay } from './lifecycle-day.ts';
import { meteringDay } from './metering-day.ts';
import { spacesSizesJob } from './spaces-sizes.ts';
import { kindSyncs } from './sync-kinds.ts';
import { syncProjectsJob } from './sync-projects.ts';
import { syncSizesJob } from './sync-sizes.ts';

/** Every job of the ledger (spec 14): one table for the schedule, the API and the CLI. */
export const jobs: readonly Job[] = [
  // inventory
  ...kindSyncs,
  syncProjectsJob,
  syncSizesJob,
  spacesSizesJob,
  driftDetect,
  driftRevert,
  // provider billing
  billingBalance,
  billingHistory,
  billingIngestInvoice,
  // tenant invoices
  invoicesRollup,
  invoicesCorrect,
  invoicesSend,
  financeArJob,
  // metering
  meteringDay,
  // lifecycle of deployments
  lifecycleDay,
];
