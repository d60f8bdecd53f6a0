import type { Aggregate } from '../../src/ledger/command.ts';
import type { BalanceEvent } from '../../src/events/costs.ts';

/** What the account owes, in cents of its currency. `generated_at`: when the provider computed it. */
export interface BalanceSnapshot {
  month_to_date_balance_cents: number;
  account_balance_cents: number;
  month_to_date_usage_cents: number;
  generated_at: string;
}

/** A day's last snapshot; null before the first. */
export type BalanceState = BalanceSnapshot | null;

/** The stream of the snapshots of one UTC day. */
export const balanceStream = (day: string): string => `balance-${day}`;

export const balance: Aggregate<BalanceState, BalanceEvent> = {
  name: 'balance',
  initialState: null,
  evolve(_state, event): BalanceState {
    switch (event.type) {
      case 'BalanceRecorded': {
        const { recorded_at: _recordedAt, ...snapshot } = event.data;
        return snapshot;
      }
    }
  },
};
