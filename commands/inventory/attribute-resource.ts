import { defineCommand } from '../../src/ledger/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { fallbackTenant, resource, resourceStream, seenResource } from './resource.ts';
import type { ResourceState } from './resource.ts';

/** What a project walk found of a resource. */
export interface AttributeResource {
  resource_id: string;
  /** Null for one that is in no project. */
  cloud_project_id: string | null;
  /** The tenant that the project is assigned to; null where it is not. */
  project_tenant_id: string | null;
}

/** Where a resource is now; what nobody knows is in no project and the fallback's. */
function placeOf(state: ResourceState): { cloud_project_id: string | null; tenant_id: string } {
  if (state === null) return { cloud_project_id: null, tenant_id: fallbackTenant };
  return 'placed' in state ? state.placed : state;
}

/**
 * Places a resource: its tenant is its project's, else the fallback, unless an admin has classified it. One
 * that its own sync has not seen yet is placed ahead, so that it is discovered where it belongs.
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
