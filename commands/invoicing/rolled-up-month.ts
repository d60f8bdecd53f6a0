import type { Aggregate } from '../../src/ledger/command.ts';
import type { RollupEvent } from '../../src/events/invoicing.ts';

/** The stream of a month's close: the decision, and the rollups over all tenants. */
export const rolledUpMonthStream = (period: string): string => `rollup-${period}`;

/** What the last rollup over all tenants left. */
export interface LastRollup {
  /** How many invoices there are for the month. */
  invoices: number;
  /** The journal position up to which every tenant without an invoice was judged. */
  inputs_position: number;
  not_billable: readonly { tenant_id: string; reason: string }[];
}

export interface RolledUpMonthState {
  /** Null before the first rollup over all tenants. */
  rollup: LastRollup | null;
  /** It is decided to issue the month. */
  isClosed: boolean;
}

/** A month that is closed and rolled up: the watermark of invoicing. */
export const rolledUpMonth: Aggregate<RolledUpMonthState, RollupEvent> = {
  name: 'rolled-up-month',
  initialState: { rollup: null, isClosed: false },
  evolve(state, event): RolledUpMonthState {
    switch (event.type) {
      case 'MonthRolledUp': {
        const { invoices, inputs_position = 0, not_billable = [] } = event.data;
        return { ...state, rollup: { invoices, inputs_position, not_billable } };
      }
      case 'MonthClosed':
        return { ...state, isClosed: true };
    }
  },
};
