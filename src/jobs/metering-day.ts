import { z } from 'zod';
import { completedDays } from '../../projections/usage/metering-queries.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import { dayOf } from '../pricing/calendar.ts';
import { jobDay } from './input-schemas.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { endedDays, watermarkBegins } from '../processes/watermark.ts';
import { meterDays } from '../processes/metering/meter-days.ts';
import { meterOutdatedDays } from '../processes/metering/meter-outdated-days.ts';

/** Meters one UTC day over all deployments (spec 9). The day is in the input; a run never computes it. */
export const meteringDay = defineJob({
  name: 'metering.day',
  queue: 'metering',
  cron: schedule['metering.day'],
  summary: 'Meter a UTC day that has ended, over all deployments',
  input: z.strictObject({ day: jobDay }),
  /** Every day since the watermark began that has ended and is not metered, gaps included. */
  async due({ ledger }) {
    const today = dayOf(ledger.now());
    return ledger.readLatest(async (db) => {
      const first = await watermarkBegins(db);
      const days = first === null ? [] : endedDays(first, today);
      const metered = new Set(await completedDays(db, days));
      return days.filter((day) => !metered.has(day)).map((day) => ({ day }));
    });
  },
  async run({ day }, { ledger }, run) {
    if (day >= dayOf(ledger.now()))
      throw new Refused(
        refuse('day-not-ended', `${day} has not ended yet: it can be metered from the next day on (UTC)`),
      );
    // What a tie has changed since, where its request was cut off before it metered the days anew.
    await meterOutdatedDays(ledger, run);
    const { counts, changed } = await meterDays(ledger, {
      days: [day],
      complete: true,
      meta: () => run.meta(),
      progress: (done, total) => {
        run.progress(done, total, 'deployments');
      },
    });
    /**
     * `deployments` and `records`: what the day's usage comes to now; `changed`: deployments whose usage this
     * run changed.
     */
    return { day, deployments: counts[0]?.deployments ?? 0, records: counts[0]?.records ?? 0, changed };
  },
});
