import { patch, upsert } from '../../src/read-models/projection.ts';
import type { Handlers } from '../../src/read-models/projection.ts';
import { resourceOwners, resources } from './tables.ts';

/** Whose a resource is by itself: the project walk's word, and an admin's, which outlasts it. */
export const ownershipHandlers = {
  ResourceAttributed: ({ data, position, metadata }) => [
    patch(
      resources,
      { id: data.resource_id },
      { cloud_project_id: data.cloud_project_id, tenant_id: data.tenant_id },
    ),
    upsert(resourceOwners, {
      resource_id: data.resource_id,
      position,
      at: metadata.recorded_at,
      tenant_id: data.tenant_id,
      cloud_project_id: data.cloud_project_id,
      provisional: false,
    }),
  ],
  ResourceAssigned: ({ data, position, metadata }) => [
    patch(resources, { id: data.resource_id }, { tenant_id: data.tenant_id, classified: true }),
    upsert(resourceOwners, {
      resource_id: data.resource_id,
      position,
      at: metadata.recorded_at,
      tenant_id: data.tenant_id,
      cloud_project_id: null,
      provisional: false,
    }),
  ],
} satisfies Handlers;
