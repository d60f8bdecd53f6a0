import { z } from 'zod';
import { runLifecycleDays, scheduledLifecycleDays } from '../processes/lifecycle/run-lifecycle-days.ts';
import { jobDay } from './input-schemas.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';

/** Ends trials, duns, suspends and brings back (spec 19): every day that is due, up to the given one. */
export const lifecycleDay = defineJob({
  name: 'lifecycle.day',
  queue: 'metering',
  cron: schedule['lifecycle.day'],
  summary: 'End trials, dun and suspend deployments with overdue invoices, and bring back what is paid',
  input: z.strictObject({
    /** Default: today. */
    day: jobDay.optional(),
  }),
  /** Every day since the last one that is done, up to today; at first today alone. */
  async due({ ledger }) {
    const days = await ledger.readLatest((db) => scheduledLifecycleDays(db, ledger.now()));
    return days.map((day) => ({ day }));
  },
  run: ({ day }, deps, run) => runLifecycleDays(deps, day, run),
});
