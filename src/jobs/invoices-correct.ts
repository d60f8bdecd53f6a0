import { z } from 'zod';
import { correctInvoices } from '../processes/correct-invoices.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Corrects invoices that facts came late for (spec 18). It is scheduled with `AUTO_CORRECT=true` only. */
export const invoicesCorrect = defineJob({
  name: 'invoices.correct',
  queue: 'metering',
  cron: schedule['invoices.correct'],
  summary: 'Issue credit and debit notes for facts that came after the invoice of their month',
  input: z.strictObject({}),
  async run(_input, deps, run) {
    return correctInvoices(
      deps,
      () => run.meta(),
      (done, total) => {
        run.progress(done, total, 'invoices');
      },
    );
  },
});
