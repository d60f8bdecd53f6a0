import { defineCommand } from '../../src/ledger/command.ts';
import type { Refusal } from '../../src/ledger/refusal.ts';
import type { RollupEvent } from '../../src/events/invoicing.ts';
import { refuseUnendedPeriod } from './issue-invoice.ts';
import { rolledUpMonth, rolledUpMonthStream } from './rolled-up-month.ts';

/** `period` is the month's first day. */
export interface CloseMonth {
  period: string;
  /** It is to be issued whatever stands in the way. */
  forced: boolean;
  reason: string | null;
  /** The items of the close list that stand in the way. */
  blocked_by: string[];
  /** The schedule closes a month that was not rolled up yet; of one that was, there is nothing to decide. */
  unless_rolled_up: boolean;
}

/** Decides that a month is issued, once: the first decision stays. */
export const closeMonth = defineCommand({
  name: 'close-month',
  aggregate: rolledUpMonth,
  stream: (input: CloseMonth) => rolledUpMonthStream(input.period),
  decide(state, { unless_rolled_up, ...input }, _context: undefined, execution): RollupEvent[] | Refusal {
    const early = refuseUnendedPeriod(input.period, execution);
    if (early !== null) return early;
    if (state.isClosed || (unless_rolled_up && state.rollup !== null)) return [];
    return [{ type: 'MonthClosed', data: input }];
  },
  result: (state) => state,
});
