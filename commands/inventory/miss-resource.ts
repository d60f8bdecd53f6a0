import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import type { Sweep } from './observe-resource.ts';
import { resource, resourceStream, seenResource } from './resource.ts';

/** A strike: a complete sweep did not have the resource. */
export interface MissResource {
  resource_id: string;
  sweep: Sweep;
  /** When a counted sweep last saw it; null where unknown. */
  last_seen_at: string | null;
}

/**
 * The sweep before this one may have left no event on the stream, and an event may be later than the last
 * counted sweep.
 */
const laterOf = (a: string | null, b: string): string => (a !== null && a > b ? a : b);

/** A resource is stale when this many counted sweeps in a row missed it. */
export const strikesToStale = 3;

/**
 * Counts a strike. A sweep strikes once, and only if it began after the end of the sweep of the last sighting
 * or strike on the stream: two sweeps that ran side by side count once.
 */
export const missResource = defineCommand({
  name: 'miss-resource',
  aggregate: resource,
  stream: (input: MissResource) => resourceStream(input.resource_id),
  decide(before, { sweep, last_seen_at }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || state.stale) return [];
    if (state.last.sweep_id === sweep.sweep_id || sweep.started_at < state.last.ended_at) return [];
    const missed_syncs = state.missed_syncs + 1;
    const goesStale = missed_syncs === strikesToStale;
    const lastSeen = missed_syncs === 1 ? laterOf(last_seen_at, state.last.began_at) : state.last_seen_at;
    const data = {
      resource_id: state.resource_id,
      kind: state.kind,
      missed_syncs,
      sweep_id: sweep.sweep_id,
      // A bucket that was measured during the sweep was there at that time.
      observed_at: goesStale ? laterOf(state.measured_at, sweep.started_at) : sweep.started_at,
      sweep_ended_at: sweep.ended_at,
      ...(lastSeen === null ? {} : { last_seen_at: lastSeen }),
    };
    return [{ type: goesStale ? 'ResourceWentStale' : 'ResourceMissed', data }];
  },
  result: (state) => ({
    missed_syncs: seenResource(state)?.missed_syncs ?? 0,
    stale: seenResource(state)?.stale ?? false,
  }),
});
