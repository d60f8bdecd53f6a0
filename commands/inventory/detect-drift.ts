import { defineCommand } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { liveValue, looselyEqual } from './loose-equality.ts';
import { resource, resourceStream, seenResource, type KnownResource } from './resource.ts';

export interface DetectDrift {
  resource_id: string;
}

function compareField(state: KnownResource, field: string, today: string): InventoryEvent[] {
  const desired = state.spec[field] ?? null;
  const actual = liveValue(state, field, today);
  const open = state.open_drift.get(field);
  const { resource_id, spec_version } = state;
  if (looselyEqual(desired, actual)) {
    return open === undefined
      ? []
      : [{ type: 'DriftWentStale', data: { drift_id: open.drift_id, resource_id, field } }];
  }
  if (open === undefined) {
    const drift_id = idFrom('drift', resource_id, field, (state.drift_counts.get(field) ?? 0) + 1);
    return [{ type: 'DriftFound', data: { drift_id, resource_id, field, desired, actual, spec_version } }];
  }
  if (canonicalJson([open.desired, open.actual]) === canonicalJson([desired, actual])) return [];
  return [
    {
      type: 'DriftChanged',
      data: { drift_id: open.drift_id, resource_id, field, desired, actual, spec_version },
    },
  ];
}

/**
 * Compares every field of a resource's spec with the live value, in one decision. A stale resource has no
 * live values: it opens and closes no drift.
 */
export const detectDrift = defineCommand({
  name: 'detect-drift',
  aggregate: resource,
  stream: (input: DetectDrift) => resourceStream(input.resource_id),
  decide(before, _input, _context: undefined, { today }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null || state.stale || state.spec_version === 0) return [];
    // A field that the spec no longer has can't differ from it.
    const dropped = [...state.open_drift].filter(([field]) => !Object.hasOwn(state.spec, field));
    return [
      ...Object.keys(state.spec).flatMap((field) => compareField(state, field, today)),
      ...dropped.map(([field, { drift_id }]): InventoryEvent => ({
        type: 'DriftWentStale',
        data: { drift_id, resource_id: state.resource_id, field },
      })),
    ];
  },
  result: (state) => ({ open: seenResource(state)?.open_drift.size ?? 0 }),
});
