import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { MeteringDayEvent } from '../../src/events/usage.ts';
import { meteredDay, meteredDayStream } from './metered-day.ts';

export interface RecordDayMetered {
  day: string;
  deployments: number;
  records: number;
}

/** Records that a day is metered for every deployment. A further run with the same counts adds nothing. */
export const recordDayMetered = defineCommand({
  name: 'record-day-metered',
  aggregate: meteredDay,
  stream: (input: RecordDayMetered) => meteredDayStream(input.day),
  decide(state, input, _context: undefined, { today }): MeteringDayEvent[] | Refusal {
    if (input.day >= today) return refuse('day-not-ended', `${input.day} has not ended yet`);
    if (state?.deployments === input.deployments && state.records === input.records) return [];
    return [{ type: 'DayMetered', data: input }];
  },
  result: (state) => state,
});
