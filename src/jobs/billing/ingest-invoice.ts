import { z } from 'zod';
import { defineJob } from '../job.ts';
import { ingestInvoice } from './ingestion.ts';

/** Ingests one of the provider's invoices and pushes it to finance (spec 4). */
export const billingIngestInvoice = defineJob({
  name: 'billing.ingest_invoice',
  queue: 'cloud_billing',
  cron: null,
  summary: 'Ingest one DigitalOcean invoice: lines, matches, push to finance',
  input: z.strictObject({ invoice_uuid: z.string().min(1).max(200) }),
  async run({ invoice_uuid }, deps, run) {
    return (await ingestInvoice(deps, invoice_uuid, () => run.meta())).result;
  },
});
