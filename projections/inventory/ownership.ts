import { patch, upsert, type Handlers } from '../../src/read-models/projection.ts';
import { resourceOwners, resources } from './tables.ts';

/**
 * The own tenant of a resource: from the project walk, or from an admin, which a project walk does not
 * change.
 */
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
      walked: true,
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
      walked: false,
    }),
  ],
} satisfies Handlers;
