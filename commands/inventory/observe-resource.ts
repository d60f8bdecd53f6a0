import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { resourceIdOf } from '../../src/ledger/resource-id.ts';
import { dayOf } from '../../src/pricing/calendar.ts';
import { changedFields } from './observation.ts';
import {
  fallbackTenant,
  resource,
  resourceStream,
  seenResource,
  type KnownResource,
  type Observed,
} from './resource.ts';

/** A sweep of the provider: when it began reading and when it had read all. */
export interface Sweep {
  sweep_id: string;
  started_at: string;
  ended_at: string;
}

/** A sighting: one resource as one sweep found it. */
export interface ObserveResource extends Observed {
  kind: string;
  provider_id: string;
  /** Known from the URN of a project only. */
  placeholder: boolean;
  sweep: Sweep;
}

const dayInMs = 86_400_000;

/** After that long a resource that returns may be another one under the same name. */
function mayBeAnother({ stale_at }: KnownResource, returnedAt: string): boolean {
  return stale_at !== null && Date.parse(returnedAt) - Date.parse(stale_at) > dayInMs;
}

/** The tie of what may be another resource ends on the day of the return. */
function tieEndedByReturn(state: KnownResource, returnedAt: string): InventoryEvent[] {
  const open = state.ties.find((tie) => tie.effective_to === null);
  if (open === undefined || !mayBeAnother(state, returnedAt)) return [];
  const { deployment_id, tenant_id, effective_from } = open;
  const returnDay = dayOf(returnedAt);
  const effective_to = returnDay < effective_from ? effective_from : returnDay;
  return [
    {
      type: 'ResourceUntied',
      data: {
        resource_id: state.resource_id,
        deployment_id,
        tenant_id,
        effective_from,
        effective_to,
        reason: 'returned-after-stale',
      },
      effective_at: effective_to,
    },
  ];
}

/**
 * What a sighting says of a known resource. A URN alone names no field but a region: what is known holds,
 * such as the size that a bucket was measured to have.
 */
function fieldsOf(state: KnownResource, { placeholder, sweep, ...input }: ObserveResource): Observed {
  const { name, region, size_slug, status, created_at, attrs } = input;
  if (placeholder && !mayBeAnother(state, sweep.started_at))
    return { ...state.observed, region: region ?? state.observed.region };
  return { name, region, size_slug, status, created_at, attrs };
}

/** Records a sighting. The same fields again, or those of an older sweep, add no event. */
export const observeResource = defineCommand({
  name: 'observe-resource',
  aggregate: resource,
  stream: (input: ObserveResource) => resourceStream(resourceIdOf(input.kind, input.provider_id)),
  decide(before, input): InventoryEvent[] {
    const { kind, provider_id, placeholder, sweep } = input;
    const { name, region, size_slug, status, created_at, attrs } = input;
    const observed = { name, region, size_slug, status, created_at, attrs };
    const resource_id = resourceIdOf(kind, provider_id);
    const sighting = {
      resource_id,
      kind,
      ...observed,
      sweep_id: sweep.sweep_id,
      observed_at: sweep.started_at,
      sweep_ended_at: sweep.ended_at,
    };
    const state = seenResource(before);
    if (state === null) {
      const placed = before !== null && 'placed' in before ? before.placed : null;
      return [
        {
          type: 'ResourceDiscovered',
          data: {
            ...sighting,
            provider: 'digitalocean',
            provider_id,
            placeholder,
            tenant_id: placed?.tenant_id ?? fallbackTenant,
          },
        },
        ...(placed === null
          ? []
          : [{ type: 'ResourceAttributed' as const, data: { resource_id, ...placed } }]),
      ];
    }
    // A slow sweep that began before the last one has nothing new.
    if (sweep.started_at < state.last.began_at) return [];
    const known = fieldsOf(state, input);
    const seenNow = { ...sighting, ...known };
    if (state.missed_syncs > 0) {
      return [
        { type: 'ResourceReturned', data: { ...seenNow, was_stale: state.stale } },
        ...tieEndedByReturn(state, sweep.started_at),
      ];
    }
    const changed = changedFields(state.observed, known);
    return changed.length === 0 ? [] : [{ type: 'ResourceChanged', data: { ...seenNow, changed } }];
  },
  result: (_state, input) => ({ resource_id: resourceIdOf(input.kind, input.provider_id) }),
});
