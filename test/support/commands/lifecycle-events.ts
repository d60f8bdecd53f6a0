import type { LifecycleDayEvent } from '../../../src/events/deployments.ts';

/** The mark of a day of the automatic lifecycle. */
export const lifecycleDayCompleted = (day: string, transitions: number): LifecycleDayEvent => ({
  type: 'LifecycleDayCompleted',
  data: { day, transitions },
});
