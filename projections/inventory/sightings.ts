import { sizeGbOf } from '../../src/pricing/metering.ts';
import { patch, upsert, type Handlers, type RowOp } from '../../src/read-models/projection.ts';
import { sourceIdOf } from './source-of.ts';
import { resourceOwners, resources, resourceStates } from './tables.ts';

interface Sighting {
  resource_id: string;
  kind: string;
  name: string;
  status: string;
  region: string | null;
  size_slug: string | null;
  created_at: string | null;
  attrs: Record<string, unknown>;
  observed_at: string;
}

/** The columns of a resource that a sighting sets. */
function seen(data: Sighting) {
  const { name, region, size_slug, status, attrs, created_at } = data;
  return {
    name,
    region,
    size_slug,
    status,
    attrs,
    created_at,
    last_changed_at: data.observed_at,
    last_sighted_at: data.observed_at,
    source_id: sourceIdOf(data.kind, data.attrs),
  };
}

function stateRow(data: Sighting, position: number): RowOp {
  return upsert(resourceStates, {
    resource_id: data.resource_id,
    position,
    at: data.observed_at,
    kind: data.kind,
    name: data.name,
    status: data.status,
    size_gb: sizeGbOf(data.attrs),
    size_slug: data.size_slug,
    gone: false,
    created_at: data.created_at,
    last_seen_at: null,
  });
}

/** Fields whose change matters to metering, matching and prices. A change of other fields adds no state. */
const stateFields: ReadonlySet<string> = new Set([
  'name',
  'status',
  'created_at',
  'size_slug',
  'attrs.size_gigabytes',
]);

/** Sightings, strikes, returns, and the sizes of buckets. */
export const sightingHandlers = {
  ResourceDiscovered: ({ data, position, metadata }) => [
    upsert(resources, {
      id: data.resource_id,
      provider: data.provider,
      provider_id: data.provider_id,
      kind: data.kind,
      tenant_id: data.tenant_id,
      cloud_project_id: null,
      placeholder: data.placeholder,
      stale: false,
      missed_syncs: 0,
      first_seen_at: data.observed_at,
      stale_at: null,
      missing_since: null,
      classified: false,
      ...seen(data),
    }),
    stateRow(data, position),
    upsert(resourceOwners, {
      resource_id: data.resource_id,
      position,
      at: metadata.recorded_at,
      tenant_id: data.tenant_id,
      cloud_project_id: null,
      provisional: true,
      walked: false,
    }),
  ],
  ResourceChanged: ({ data, position }) => [
    patch(resources, { id: data.resource_id }, seen(data)),
    ...(data.changed.some((field) => stateFields.has(field)) ? [stateRow(data, position)] : []),
  ],
  BucketMeasured: ({ data, position }) => [
    patch(resources, { id: data.resource_id }, { attrs: data.attrs, last_changed_at: data.measured_at }),
    stateRow({ ...data, observed_at: data.measured_at }, position),
  ],
  ResourceMissed: ({ data }) =>
    patch(
      resources,
      { id: data.resource_id },
      {
        missed_syncs: data.missed_syncs,
        ...(data.missed_syncs === 1 ? { missing_since: data.observed_at } : {}),
        ...(data.last_seen_at === undefined ? {} : { last_sighted_at: data.last_seen_at }),
      },
    ),
  ResourceWentStale: ({ data, position }) => [
    patch(
      resources,
      { id: data.resource_id },
      {
        missed_syncs: data.missed_syncs,
        stale: true,
        stale_at: data.observed_at,
        last_changed_at: data.observed_at,
      },
    ),
    upsert(resourceStates, {
      resource_id: data.resource_id,
      position,
      at: data.observed_at,
      kind: data.kind,
      name: '',
      status: 'stale',
      size_gb: null,
      size_slug: null,
      gone: true,
      created_at: null,
      last_seen_at: data.last_seen_at ?? null,
    }),
  ],
  ResourceReturned: ({ data, position }) => [
    patch(
      resources,
      { id: data.resource_id },
      { ...seen(data), missed_syncs: 0, stale: false, stale_at: null, missing_since: null },
    ),
    stateRow(data, position),
  ],
} satisfies Handlers;
