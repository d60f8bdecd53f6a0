import type { Aggregate } from '../../src/ledger/command.ts';
import type { LifecycleDayEvent } from '../../src/events/deployments.ts';

/** The stream of a UTC day of the automatic lifecycle over all deployments. */
export const lifecycleDayStream = (day: string): string => `lifecycle-${day}`;

/** How many deployments the day's first complete run moved. Null before it. */
export type LifecycleDayState = { transitions: number } | null;

/** A day whose steps are done: the watermark of the automatic lifecycle. */
export const lifecycleDay: Aggregate<LifecycleDayState, LifecycleDayEvent> = {
  name: 'lifecycle-day',
  initialState: null,
  evolve(_state, event): LifecycleDayState {
    switch (event.type) {
      case 'LifecycleDayCompleted':
        return { transitions: event.data.transitions };
    }
  },
};
