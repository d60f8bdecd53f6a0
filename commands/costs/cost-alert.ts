import type { Aggregate } from '../../src/ledger/command.ts';
import type { CostAlertEvent, CostAlertKind } from '../../src/events/costs.ts';

/** The stream of the alerts of one kind. */
export const costAlertStream = (kind: CostAlertKind): string => `cost-alerts-${kind}`;

/** The last alert of a kind; null before the first. */
export type CostAlertState = {
  alert_id: string;
  direction: 'above' | 'below';
  /** UTC day on which it was raised. */
  day: string;
  open: boolean;
  /** The instant of the snapshot that raised it. */
  raised_at: string;
  /** The instant of the snapshot that raised or cleared it. */
  at: string;
} | null;

export const costAlert: Aggregate<CostAlertState, CostAlertEvent> = {
  name: 'cost-alert',
  initialState: null,
  evolve(state, event): CostAlertState {
    switch (event.type) {
      case 'CostAlertRaised': {
        const { alert_id, direction, day, generated_at: at } = event.data;
        return { alert_id, direction, day, open: true, raised_at: at, at };
      }
      case 'CostAlertCleared':
        return state && { ...state, open: false, at: event.data.generated_at };
    }
  },
};
