import { patch, upsert, type Handlers } from '../../src/read-models/projection.ts';
import { drift, specs } from './tables.ts';

/** Desired specs, and where live values differ from them. */
export const driftHandlers = {
  SpecProvisioned: ({ data, metadata }) =>
    upsert(specs, {
      resource_id: data.resource_id,
      spec_version: data.spec_version,
      spec: data.spec,
      recorded_at: metadata.recorded_at,
    }),
  DriftFound: ({ data, metadata: { recorded_at } }) =>
    upsert(drift, {
      id: data.drift_id,
      resource_id: data.resource_id,
      field: data.field,
      desired: data.desired,
      actual: data.actual,
      spec_version: data.spec_version,
      status: 'open',
      found_at: recorded_at,
      updated_at: recorded_at,
      closed_at: null,
    }),
  DriftChanged: ({ data, metadata }) =>
    patch(
      drift,
      { id: data.drift_id },
      {
        desired: data.desired,
        actual: data.actual,
        spec_version: data.spec_version,
        updated_at: metadata.recorded_at,
      },
    ),
  DriftWentStale: ({ data, metadata: { recorded_at } }) =>
    patch(
      drift,
      { id: data.drift_id },
      {
        status: 'stale',
        updated_at: recorded_at,
        closed_at: recorded_at,
      },
    ),
  DriftAccepted: ({ data, metadata: { recorded_at } }) => [
    patch(
      drift,
      { id: data.drift_id },
      { status: 'accepted', actual: data.actual, updated_at: recorded_at, closed_at: recorded_at },
    ),
    upsert(specs, {
      resource_id: data.resource_id,
      spec_version: data.spec_version,
      spec: data.spec,
      recorded_at,
    }),
  ],
} satisfies Handlers;
