import { defineCommand } from '../../src/ledger/command.ts';
import type { SweepEvent } from '../../src/events/inventory.ts';
import { dayOf } from '../../src/pricing/calendar.ts';
import type { Sweep } from './observe-resource.ts';
import { sweep, sweepStream } from './sweep.ts';

/** The record of a complete sweep. `ended_at`: when it had read everything. */
export interface RecordSweep extends Sweep {
  kind: string;
  seen: number;
  changed: number;
  missed: number;
}

/** The end of the last counted sweep of the kind, from the read model: it may lie on the day before. */
export interface SweepContext {
  last_counted_end: string | null;
}

/**
 * Records a sweep once, by its id. It counts if it began after the end of the last counted sweep of its kind.
 */
export const recordSweep = defineCommand({
  name: 'record-sweep',
  aggregate: sweep,
  stream: (input: RecordSweep) => sweepStream(input.kind, dayOf(input.started_at)),
  decide(state, input, context: SweepContext): SweepEvent[] {
    if (state.sweep_ids.has(input.sweep_id)) return [];
    const { sweep_id, kind, started_at, ended_at, seen, changed, missed } = input;
    const ends = [state.last_counted_end, context.last_counted_end].filter((end) => end !== null);
    const counted = ends.every((end) => started_at >= end);
    return [
      {
        type: 'SweepRecorded',
        data: { sweep_id, kind, started_at, ended_at, seen, changed, missed, counted },
      },
    ];
  },
  result: (state, { sweep_id }) => ({ counted: state.counted.has(sweep_id) }),
});
