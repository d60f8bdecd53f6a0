import { z } from 'zod';
import { defineCommand } from '../../src/engine/command.ts';
import type { Refusal } from '../../src/engine/refusal.ts';
import type { RollupEvent } from '../../src/events/invoices.ts';
import { day } from '../../src/events/values.ts';
import { unendedPeriod } from './issue-invoice.ts';
import { rolledUpMonth, rolledUpMonthStream } from './rolled-up-month.ts';

/** `period` is the month's first day. */
export const recordMonthRolledUpInput = z.strictObject({ period: day, invoices: z.int() });
export type RecordMonthRolledUpInput = z.output<typeof recordMonthRolledUpInput>;

/** Records that a month is rolled up for every tenant. Another rollup that leaves as many invoices adds nothing. */
export const recordMonthRolledUp = defineCommand({
  name: 'record-month-rolled-up',
  aggregate: rolledUpMonth,
  stream: (input: RecordMonthRolledUpInput) => rolledUpMonthStream(input.period),
  decide(state, input, _context: undefined, execution): RollupEvent[] | Refusal {
    const early = unendedPeriod(input.period, execution);
    if (early !== null) return early;
    return state?.invoices === input.invoices ? [] : [{ type: 'MonthRolledUp', data: input }];
  },
  result: (state) => state,
});
