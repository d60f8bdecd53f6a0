import { z } from 'zod';
import { defineJob } from './job.ts';
import { ingestInvoice } from '../processes/ingestion/ingestion.ts';

/** The provider's invoices have UUIDs: other text is refused before DigitalOcean is asked. */
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ingests one of the provider's invoices and pushes it to finance (spec 4). */
export const billingIngestInvoice = defineJob({
  name: 'billing.ingest_invoice',
  queue: 'cloud_billing',
  cron: null,
  summary: 'Ingest one DigitalOcean invoice, and push it to finance',
  input: z.strictObject({ invoice_uuid: z.string().regex(uuidForm, 'expected a UUID') }),
  async run({ invoice_uuid }, deps, run) {
    return (await ingestInvoice(deps, invoice_uuid, () => run.meta())).result;
  },
});
