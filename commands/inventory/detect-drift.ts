import { defineCommand } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import type { JsonValue } from '../../src/runtime/json.ts';
import { liveValue, looselyEqual, tieOn } from './loose-equality.ts';
import { resource, resourceStream, seenResource, type KnownResource } from './resource.ts';
import { isBeingReverted } from './revert.ts';
import { COUNT_FIELD, type TemplateWish } from './template-wish.ts';

export interface DetectDrift {
  resource_id: string;
  /** What the template of its deployment wants of it; null: nothing. */
  wish: TemplateWish | null;
}

/** What a field is to be and what it is. */
interface Comparison {
  desired: JsonValue;
  actual: JsonValue;
  /** 0: the template wants it. */
  spec_version: number;
}

/**
 * Compares every field of a resource's spec, and those that a template wants of it, with the live value, in
 * one decision. Its own spec wins over the template, field by field. A stale resource has no live values: no
 * field of its own spec is compared, and a template wants nothing of it.
 */
export const detectDrift = defineCommand({
  name: 'detect-drift',
  aggregate: resource,
  stream: (input: DetectDrift) => resourceStream(input.resource_id),
  decide(before, { wish }, _context: undefined, { now, today }): InventoryEvent[] {
    const state = seenResource(before);
    if (state === null) return [];
    const compared = state.stale ? new Map<string, Comparison>() : comparisons(state, wish, today);
    const isLeft = (field: string): boolean =>
      isBeingReverted(state.reverts, field, { seenAt: state.last.began_at, now });
    return [
      ...[...compared].flatMap(([field, comparison]) =>
        isLeft(field) ? [] : compareField(state, field, comparison),
      ),
      ...closed(state, compared).filter(({ data }) => !isLeft(data.field)),
    ];
  },
  result: (state) => ({ open: seenResource(state)?.open_drift.size ?? 0 }),
});

/** What is compared, by field. A wish for the deployment of another day counts no more. */
function comparisons(
  state: KnownResource,
  wish: TemplateWish | null,
  today: string,
): Map<string, Comparison> {
  const { spec, spec_version } = state;
  const compared = new Map<string, Comparison>();
  const add = (field: string, desired: JsonValue, version: number): void => {
    compared.set(field, { desired, actual: liveValue(state, field, today), spec_version: version });
  };
  for (const [field, desired] of Object.entries(spec)) {
    // The number in it says only that the resource is wanted beside a template.
    if (field !== COUNT_FIELD || Object.hasOwn(state.observed.attrs, field))
      add(field, desired, spec_version);
  }
  if (wish === null || tieOn(state, today)?.deployment_id !== wish.deployment_id) return compared;
  const { fields, surplus } = wish;
  for (const [field, desired] of Object.entries(fields))
    if (desired !== null && !Object.hasOwn(spec, field)) add(field, desired, 0);
  if (surplus !== null && !Object.hasOwn(spec, COUNT_FIELD))
    compared.set(COUNT_FIELD, { desired: surplus.wanted, actual: surplus.tied, spec_version: 0 });
  return compared;
}

function compareField(
  state: KnownResource,
  field: string,
  { desired, actual, spec_version }: Comparison,
): InventoryEvent[] {
  const open = state.open_drift.get(field);
  const { resource_id } = state;
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

/** A field that is compared no more can't differ. Of a stale resource the fields of its own spec wait. */
function closed(
  state: KnownResource,
  compared: ReadonlyMap<string, Comparison>,
): Extract<InventoryEvent, { type: 'DriftWentStale' }>[] {
  return [...state.open_drift]
    .filter(([field]) => !compared.has(field) && !(state.stale && Object.hasOwn(state.spec, field)))
    .map(([field, { drift_id }]) => ({
      type: 'DriftWentStale',
      data: { drift_id, resource_id: state.resource_id, field },
    }));
}
