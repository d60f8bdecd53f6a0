import { z } from 'zod';
import { refuse, Refused } from '../../engine/refusal.ts';
import { dayOf, isValidDay } from '../../pricing/calendar.ts';
import { defineJob } from '../job.ts';
import { meterDays } from './meter-days.ts';

/** Meters one UTC day over all deployments (spec 9). The day is fixed in the job's input, never computed by a run. */
export const meteringDay = defineJob({
  name: 'metering.day',
  queue: 'metering',
  cron: '10 1 * * *',
  summary: 'Meter a UTC day that has ended: usage records of every tied resource',
  input: z.strictObject({ day: z.string().refine(isValidDay, 'expected a date that exists (YYYY-MM-DD), from 2000 to 2100') }),
  async run({ day }, { ledger }, run) {
    if (day >= dayOf(ledger.now())) throw new Refused(refuse('day-not-ended', `${day} has not ended yet: it can be metered from the next day on (UTC)`));
    const { counts, changed } = await meterDays(ledger, {
      days: [day], complete: true, meta: () => run.meta(), progress: (done, total) => { run.progress(done, total, 'deployments'); },
    });
    /** `deployments` and `records`: what the day's usage comes to now; `changed`: deployments whose usage this run changed. */
    return { day, deployments: counts[0]?.deployments ?? 0, records: counts[0]?.records ?? 0, changed };
  },
});
