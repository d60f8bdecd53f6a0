import { z } from 'zod';
import { rollUp } from '../billing/roll-up.ts';
import { isValidPeriod, normalisePeriod } from '../pricing/calendar.ts';
import { defineJob } from './job.ts';

/** Invoices a month that has ended (spec 11). */
export const invoicesRollup = defineJob({
  name: 'invoices.rollup',
  queue: 'metering',
  cron: '0 3 1 * *',
  summary: 'Issue the invoices of a month that has ended, for all tenants or one; force replaces those that are no longer right',
  input: z.strictObject({
    period: z.string().refine(isValidPeriod, { error: 'expected YYYY-MM or a date in the month, from 2000 to 2100', abort: true }).overwrite(normalisePeriod),
    tenant_id: z.string().min(1).max(200).optional(),
    force: z.boolean().default(false),
  }),
  async run(input, { ledger, tax, logger }, run) {
    return rollUp({ ledger, tax, logger, onProgress: (done, total) => { run.progress(done, total); } }, input, () => run.meta());
  },
});
