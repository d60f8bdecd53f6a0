import type { Aggregate } from '../../src/ledger/command.ts';
import { evolveReverts, type Revert } from './revert.ts';
import type { InventoryEvent, TieRule } from '../../src/events/inventory.ts';
import type { JsonObject, JsonValue } from '../../src/runtime/json.ts';

/** The tenant of a resource that is in no assigned project (spec 3). */
export const fallbackTenant = 'skyai-internal';

/** The stream of a resource: its sightings, strikes, owner, ties, spec and drift. */
export const resourceStream = (resourceId: string): string => `resource-${resourceId}`;

/** The fields that a sweep reads of a resource. */
export interface Observed {
  name: string;
  region: string | null;
  size_slug: string | null;
  status: string;
  created_at: string | null;
  attrs: JsonObject;
}

/** A half-open range of UTC days on one deployment; `effective_to` null while open. */
export interface Tie {
  deployment_id: string;
  tenant_id: string;
  effective_from: string;
  effective_to: string | null;
  /** What made it by itself; absent for a tie by hand. */
  rule?: TieRule;
}

/** Whether a tie holds on any day: one that was taken back ends on the day on which it began. */
export const hasDays = (tie: Tie): boolean =>
  tie.effective_to === null || tie.effective_to > tie.effective_from;

/** A finding that is open; its `spec_version` is 0 where the template of the deployment wants the value. */
export interface OpenDrift {
  drift_id: string;
  desired: JsonValue;
  actual: JsonValue;
  spec_version: number;
}

/** A resource that a sweep has seen at least once. */
export interface KnownResource {
  resource_id: string;
  provider: string;
  provider_id: string;
  kind: string;
  observed: Observed;
  /**
   * The sweep of the last sighting or strike that added an event: when it began, and when it had read
   * everything.
   */
  last: { sweep_id: string; began_at: string; ended_at: string };
  /** When the last recorded measurement of a bucket began; it does not count as a sighting. */
  measured_at: string | null;
  missed_syncs: number;
  /** From the first strike in a row. */
  last_seen_at: string | null;
  stale: boolean;
  stale_at: string | null;
  cloud_project_id: string | null;
  tenant_id: string;
  classified: boolean;
  ties: readonly Tie[];
  spec: JsonObject;
  spec_version: number;
  /** By field. */
  open_drift: ReadonlyMap<string, OpenDrift>;
  /** The number of drifts of each field so far: the id of the next one derives from it. */
  drift_counts: ReadonlyMap<string, number>;
  closed_drift: ReadonlySet<string>;
  /** Oldest first. */
  reverts: readonly Revert[];
}

/** A resource that a project walk has placed before its own sync saw it. */
interface PlacedResource {
  placed: { cloud_project_id: string | null; tenant_id: string };
}

/** Null until the first sighting or placement. */
export type ResourceState = KnownResource | PlacedResource | null;

/** The resource, if a sweep has seen it. */
export function seenResource(state: ResourceState): KnownResource | null {
  return state === null || 'placed' in state ? null : state;
}

function observedOf({ name, region, size_slug, status, created_at, attrs }: Observed): Observed {
  return { name, region, size_slug, status, created_at, attrs };
}

function sweepOf({
  sweep_id,
  observed_at,
  sweep_ended_at,
}: {
  sweep_id: string;
  observed_at: string;
  sweep_ended_at?: string | undefined;
}): KnownResource['last'] {
  return { sweep_id, began_at: observed_at, ended_at: sweep_ended_at ?? observed_at };
}

function discovered(data: Extract<InventoryEvent, { type: 'ResourceDiscovered' }>['data']): KnownResource {
  const { resource_id, provider, provider_id, kind, tenant_id } = data;
  return {
    resource_id,
    provider,
    provider_id,
    kind,
    tenant_id,
    observed: observedOf(data),
    last: sweepOf(data),
    measured_at: null,
    missed_syncs: 0,
    last_seen_at: null,
    stale: false,
    stale_at: null,
    cloud_project_id: null,
    classified: false,
    ties: [],
    spec: {},
    spec_version: 0,
    open_drift: new Map(),
    drift_counts: new Map(),
    closed_drift: new Set(),
    reverts: [],
  };
}

function untied(
  ties: readonly Tie[],
  ended: Extract<InventoryEvent, { type: 'ResourceUntied' }>['data'],
): Tie[] {
  const index = ties.findLastIndex(
    (tie) => tie.deployment_id === ended.deployment_id && tie.effective_from === ended.effective_from,
  );
  return ties.map((tie, at) => (at === index ? { ...tie, effective_to: ended.effective_to } : tie));
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

function evolveKnown(
  state: KnownResource,
  event: Exclude<InventoryEvent, { type: 'ResourceDiscovered' }>,
): KnownResource {
  switch (event.type) {
    case 'ResourceChanged':
      return { ...state, observed: observedOf(event.data), last: sweepOf(event.data) };
    case 'BucketMeasured':
      return { ...state, observed: observedOf(event.data), measured_at: event.data.measured_at };
    case 'ResourceReturned':
      return {
        ...state,
        observed: observedOf(event.data),
        last: sweepOf(event.data),
        missed_syncs: 0,
        last_seen_at: null,
        stale: false,
        stale_at: null,
      };
    case 'ResourceMissed':
    case 'ResourceWentStale': {
      const stale = event.type === 'ResourceWentStale';
      return {
        ...state,
        missed_syncs: event.data.missed_syncs,
        stale,
        stale_at: stale ? event.data.observed_at : null,
        last_seen_at: event.data.last_seen_at ?? null,
        last: sweepOf(event.data),
      };
    }
    case 'ResourceAttributed':
      return { ...state, cloud_project_id: event.data.cloud_project_id, tenant_id: event.data.tenant_id };
    case 'ResourceAssigned':
      return { ...state, classified: true, tenant_id: event.data.tenant_id };
    case 'ResourceTied': {
      const { deployment_id, tenant_id, effective_from, rule } = event.data;
      const tie = { deployment_id, tenant_id, effective_from, effective_to: null };
      return { ...state, ties: [...state.ties, rule === undefined ? tie : { ...tie, rule }] };
    }
    case 'ResourceUntied':
      return { ...state, ties: untied(state.ties, event.data) };
    case 'SpecProvisioned':
      return { ...state, spec: event.data.spec, spec_version: event.data.spec_version };
    case 'DriftFound':
      return {
        ...state,
        ...withDrift(state, event.data),
        drift_counts: new Map(state.drift_counts).set(
          event.data.field,
          (state.drift_counts.get(event.data.field) ?? 0) + 1,
        ),
      };
    case 'DriftChanged':
      return { ...state, ...withDrift(state, event.data) };
    case 'DriftWentStale':
      return { ...state, ...withoutDrift(state, event.data) };
    case 'DriftAccepted':
      return {
        ...state,
        ...withoutDrift(state, event.data),
        spec: event.data.spec,
        spec_version: event.data.spec_version,
      };
    case 'DriftReverted':
      return {
        ...state,
        ...withoutDrift(state, event.data),
        reverts: evolveReverts(state.reverts, event),
      };
    case 'DriftRevertRequested':
    case 'RevertStepIntended':
    case 'RevertStepStarted':
    case 'RevertStepEnded':
    case 'DriftRevertFailed':
      return { ...state, reverts: evolveReverts(state.reverts, event) };
  }
}

function withDrift(state: KnownResource, found: OpenDrift & { field: string }) {
  const { drift_id, desired, actual, spec_version, field } = found;
  return { open_drift: new Map(state.open_drift).set(field, { drift_id, desired, actual, spec_version }) };
}

function withoutDrift(state: KnownResource, { drift_id, field }: { drift_id: string; field: string }) {
  return {
    open_drift: without(state.open_drift, field),
    closed_drift: new Set(state.closed_drift).add(drift_id),
  };
}

export const resource: Aggregate<ResourceState, InventoryEvent> = {
  name: 'resource',
  initialState: null,
  evolve(state, event): ResourceState {
    if (event.type === 'ResourceDiscovered') return discovered(event.data);
    const seen = seenResource(state);
    if (seen !== null) return evolveKnown(seen, event);
    if (event.type === 'ResourceAttributed')
      return { placed: { cloud_project_id: event.data.cloud_project_id, tenant_id: event.data.tenant_id } };
    throw new Error(`${event.type} before ResourceDiscovered`);
  },
};
