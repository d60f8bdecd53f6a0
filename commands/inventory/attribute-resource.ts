import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { fallbackTenant, resource, resourceStream, seenResource, type ResourceState } from './resource.ts';

/** Where a project walk found a resource. */
export interface AttributeResource {
  resource_id: string;
  /** Null for a resource in no project. */
  cloud_project_id: string | null;
  /** The tenant of the project; null while the project is not assigned. */
  project_tenant_id: string | null;
}

/** Where a resource is now. An unknown resource is in no project and belongs to the fallback tenant. */
function placeOf(state: ResourceState): { cloud_project_id: string | null; tenant_id: string } {
  if (state === null) return { cloud_project_id: null, tenant_id: fallbackTenant };
  return 'placed' in state ? state.placed : state;
}

/**
 * Places a resource: its tenant is that of its project, else the fallback, unless an admin classified it. A
 * resource that its own sync has not seen yet is placed ahead, so that it is discovered with the right
 * tenant.
 */
export const attributeResource = defineCommand({
  name: 'attribute-resource',
  aggregate: resource,
  stream: (input: AttributeResource) => resourceStream(input.resource_id),
  decide(state, { resource_id, cloud_project_id, project_tenant_id }): InventoryEvent[] {
    const seen = seenResource(state);
    const tenant_id = seen?.classified === true ? seen.tenant_id : (project_tenant_id ?? fallbackTenant);
    const place = placeOf(state);
    if (place.cloud_project_id === cloud_project_id && place.tenant_id === tenant_id) return [];
    return [{ type: 'ResourceAttributed', data: { resource_id, cloud_project_id, tenant_id } }];
  },
  result: (state) => ({ tenant_id: placeOf(state).tenant_id }),
});
