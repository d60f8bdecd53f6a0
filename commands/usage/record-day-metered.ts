import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { MeteringDayEvent } from '../../src/events/usage.ts';
import { day } from '../../src/events/values.ts';
import { meteredDay, meteredDayStream } from './metered-day.ts';

export const recordDayMeteredInput = z.strictObject({ day, deployments: z.int(), records: z.int() });
export type RecordDayMeteredInput = z.output<typeof recordDayMeteredInput>;

/** Records that a day is metered for every deployment. A further run with the same counts adds nothing. */
export const recordDayMetered = defineCommand({
  name: 'record-day-metered',
  aggregate: meteredDay,
  stream: (input: RecordDayMeteredInput) => meteredDayStream(input.day),
  decide(state, input, _context: undefined, { today }): MeteringDayEvent[] | Refusal {
    if (input.day >= today) return refuse('day-not-ended', `${input.day} has not ended yet`);
    if (state?.deployments === input.deployments && state.records === input.records) return [];
    return [{ type: 'DayMetered', data: input }];
  },
  result: (state) => state,
});
