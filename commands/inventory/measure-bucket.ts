import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { changedFields } from './observation.ts';
import type { Sweep } from './observe-resource.ts';
import { resource, resourceStream, seenResource } from './resource.ts';

/** What a bucket held when it was walked. */
export interface MeasureBucket {
  resource_id: string;
  /** Exact: bytes beyond 2^53 are no number. */
  size_bytes: string;
  /** Decimal GB of 10^9 bytes, as metering reads it. */
  size_gigabytes: string;
  objects: number;
  sweep: Sweep;
}

/**
 * Records the size of a bucket beside what its project says of it. The same size again adds no event, nor
 * does a bucket that went away during the walk.
 */
export const measureBucket = defineCommand({
  name: 'measure-bucket',
  aggregate: resource,
  stream: (input: MeasureBucket) => resourceStream(input.resource_id),
  decide(before, { resource_id, size_bytes, size_gigabytes, objects, sweep }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || state.kind !== 'spaces_bucket' || state.missed_syncs > 0) return [];
    if (sweep.started_at < state.last.began_at) return [];
    const attrs = { ...state.observed.attrs, size_bytes, size_gigabytes, objects };
    const observed = { ...state.observed, attrs };
    const changed = changedFields(state.observed, observed);
    if (changed.length === 0) return [];
    const { kind } = state;
    const seen = { observed_at: sweep.started_at, sweep_ended_at: sweep.ended_at };
    const data = { resource_id, kind, ...observed, sweep_id: sweep.sweep_id, ...seen, changed };
    return [{ type: 'ResourceChanged', data }];
  },
  result: (_state, { resource_id }) => ({ resource_id }),
});
