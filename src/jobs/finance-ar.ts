import { z } from 'zod';
import { refuse, Refused } from '../ledger/refusal.ts';
import { isArDue, pushAr } from '../processes/deliveries/push-ar.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Gives finance the invoices, notes and payments of tenants, and compares its copies (spec 18). */
export const financeArJob = defineJob({
  name: 'finance.ar',
  queue: 'cloud_billing',
  cron: schedule['finance.ar'],
  summary: "Push tenants' invoices, notes and payments to finance, and compare its copies",
  input: z.strictObject({}),
  async due(deps) {
    return (await isArDue(deps)) ? [{}] : [];
  },
  async run(_input, { finance, financeAr, ...deps }, run) {
    if (finance === null || !financeAr)
      throw new Refused(
        refuse(
          'not-configured',
          'no documents of tenants go to finance (SKYAI_FINANCE_URL, SKYAI_FINANCE_AR)',
        ),
      );
    return pushAr({ ...deps, finance }, run);
  },
});
