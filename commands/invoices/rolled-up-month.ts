import type { Aggregate } from '../../src/engine/command.ts';
import type { RollupEvent } from '../../src/events/invoices.ts';

/** The stream of a month's rollups over all tenants. */
export const rolledUpMonthStream = (period: string): string => `rollup-${period}`;

/** How many invoices the last rollup left for the month. Null before the first. */
export type RolledUpMonthState = { invoices: number } | null;

/** A month that is rolled up: the watermark of invoicing. */
export const rolledUpMonth: Aggregate<RolledUpMonthState, RollupEvent> = {
  name: 'rolled-up-month',
  initialState: null,
  evolve(_state, event): RolledUpMonthState {
    switch (event.type) {
      case 'MonthRolledUp': return { invoices: event.data.invoices };
    }
  },
};
