import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { LifecycleDayEvent } from '../../src/events/deployments.ts';
import { lifecycleDay, lifecycleDayStream } from './lifecycle-day.ts';

export interface CompleteLifecycleDay {
  day: string;
  /** How many deployments the run moved. */
  transitions: number;
}

/**
 * Records that all that was due on a day has been done. A day is completed once: what falls due later on the
 * same day, and is done by another run, has its own events.
 */
export const completeLifecycleDay = defineCommand({
  name: 'complete-lifecycle-day',
  aggregate: lifecycleDay,
  stream: (input: CompleteLifecycleDay) => lifecycleDayStream(input.day),
  decide(state, input, _context: undefined, { today }): LifecycleDayEvent[] | Refusal {
    if (input.day > today) return refuse('day-not-ended', `${input.day} has not come yet`);
    return state === null ? [{ type: 'LifecycleDayCompleted', data: input }] : [];
  },
  result: (state) => state,
});
