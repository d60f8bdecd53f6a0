import { z } from 'zod';
import { completedMonths } from '../../projections/invoicing/rollup-queries.ts';
import { monthsLeftBehind } from '../invoicing/read-month.ts';
import { closeBySchedule } from '../processes/close-month.ts';
import { holdBackClose } from '../processes/hold-back-close.ts';
import { rollUp } from '../processes/roll-up.ts';
import { dayOf } from '../pricing/calendar.ts';
import { deadRuns } from './dead-runs.ts';
import { jobPeriod } from './input-schemas.ts';
import { defineJob } from './job.ts';
import { schedule } from './schedule.ts';
import { endedMonths, watermarkBegins } from '../processes/watermark.ts';

/** Invoices a month that has ended (spec 11). */
export const invoicesRollup = defineJob({
  name: 'invoices.rollup',
  queue: 'metering',
  cron: schedule['invoices.rollup'],
  summary: 'Issue the invoices of a month that has ended',
  input: z.strictObject({
    period: jobPeriod,
    tenant_id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'One tenant alone; without it all tenants' }),
    force: z
      .boolean()
      .default(false)
      .meta({ description: "Issues again where the tenant's invoice is void" }),
  }),
  /**
   * Every ended month since the watermark began that is not rolled up for all tenants; and every rolled up
   * month in which tenants without an invoice have something to bill now.
   */
  async due({ ledger }) {
    const today = dayOf(ledger.now());
    return ledger.readLatest(async (db) => {
      const first = await watermarkBegins(db);
      const months = first === null ? [] : endedMonths(first, today);
      const rolledUp = new Set(await completedMonths(db, months));
      const due = new Set([
        ...months.filter((period) => !rolledUp.has(period)),
        ...(await monthsLeftBehind(db, today)),
      ]);
      return [...due].sort().map((period) => ({ period, force: false }));
    });
  },
  /** A month that is not decided yet waits until nothing of its close list blocks it. */
  heldBack: ({ period }, deps) => holdBackClose({ ...deps, deadRuns }, period),
  /** By the schedule a whole month is closed, by hand it is rolled up only. */
  async run(input, deps, run) {
    if (run.queue !== null && input.tenant_id === undefined && !input.force)
      await closeBySchedule(deps.ledger, input.period, run.meta());
    return rollUp(
      {
        ...deps,
        onProgress: (done, total) => {
          run.progress(done, total);
        },
      },
      input,
      () => run.meta(),
    );
  },
});
