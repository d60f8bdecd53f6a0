import type { Aggregate } from '../../src/ledger/command.ts';
import type { SweepEvent } from '../../src/events/inventory.ts';

/** The stream of one kind's sweeps on one UTC day. */
export const sweepStream = (kind: string, day: string): string => `sweep-${kind}-${day}`;

/** A day's sweeps: their ids, and the end of the last counted one. */
export interface SweepState {
  sweep_ids: ReadonlySet<string>;
  counted: ReadonlySet<string>;
  last_counted_end: string | null;
}

export const sweep: Aggregate<SweepState, SweepEvent> = {
  name: 'sweep',
  initialState: { sweep_ids: new Set(), counted: new Set(), last_counted_end: null },
  evolve(state, event): SweepState {
    const { sweep_id, counted, ended_at } = event.data;
    const sweep_ids = new Set(state.sweep_ids).add(sweep_id);
    if (!counted) return { ...state, sweep_ids };
    return { sweep_ids, counted: new Set(state.counted).add(sweep_id), last_counted_end: ended_at };
  },
};
