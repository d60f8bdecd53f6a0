import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { formatDecimal } from '../../src/pricing/decimals.ts';
import { changedFields } from './observation.ts';
import { resource, resourceStream, seenResource } from './resource.ts';

/** What a bucket held when its objects were counted. */
export interface MeasureBucket {
  resource_id: string;
  /** Whole bytes, exact: beyond 2^53 they are no number. */
  size_bytes: string;
  objects: number;
  /** When the counting began. */
  measured_at: string;
}

/** A gigabyte of metering has 10^9 bytes. */
const gigabyteDigits = 9;

/**
 * Records the size of a bucket beside what its project says of it. The same size again adds no event, nor
 * does a counting that began before the last recorded one, nor a bucket that has gone in between.
 */
export const measureBucket = defineCommand({
  name: 'measure-bucket',
  aggregate: resource,
  stream: (input: MeasureBucket) => resourceStream(input.resource_id),
  decide(before, { resource_id, size_bytes, objects, measured_at }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || state.kind !== 'spaces_bucket' || state.stale) return [];
    if (state.measured_at !== null && measured_at < state.measured_at) return [];
    const size_gigabytes = formatDecimal(BigInt(size_bytes), gigabyteDigits);
    const size = { size_bytes, size_gigabytes, objects };
    const observed = { ...state.observed, attrs: { ...state.observed.attrs, ...size } };
    const changed = changedFields(state.observed, observed);
    if (changed.length === 0) return [];
    const { kind } = state;
    return [
      { type: 'BucketMeasured', data: { resource_id, kind, changed, ...size, measured_at, ...observed } },
    ];
  },
  result: (_state, { resource_id }) => ({ resource_id }),
});
