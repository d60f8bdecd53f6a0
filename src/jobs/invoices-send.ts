import { z } from 'zod';
import { deliveryDeps } from '../processes/deliveries/open-deliveries.ts';
import { isAnythingDue, sendDue } from '../processes/deliveries/send-due.ts';
import { jobPeriod } from './input-schemas.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Mails what is due, and with `AUTO_SEND` what was never sent (spec 17). */
export const invoicesSend = defineJob({
  name: 'invoices.send',
  queue: 'cloud_billing',
  cron: schedule['invoices.send'],
  summary: 'Mail the invoices that are due to be sent or to be tried again',
  input: z.strictObject({
    period: jobPeriod.optional(),
  }),
  async due(deps) {
    return (await isAnythingDue(deps, deps.autoSend)) ? [{}] : [];
  },
  run: async ({ period }, deps, run) => sendDue(deliveryDeps(deps), { period, unsent: deps.autoSend }, run),
});
