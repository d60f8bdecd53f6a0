import type { Aggregate } from '../../src/ledger/command.ts';
import type { MeteringDayEvent } from '../../src/events/usage.ts';

/** The stream of a metered UTC day over all deployments. */
export const meteredDayStream = (day: string): string => `metering-day-${day}`;

/** What the last run found: deployments with usage, and records in all. Null before the first. */
export type MeteredDayState = { deployments: number; records: number } | null;

/** A metered day: the watermark of metering. */
export const meteredDay: Aggregate<MeteredDayState, MeteringDayEvent> = {
  name: 'metered-day',
  initialState: null,
  evolve(_state, event): MeteredDayState {
    switch (event.type) {
      case 'DayMetered':
        return { deployments: event.data.deployments, records: event.data.records };
    }
  },
};
