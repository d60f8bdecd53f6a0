import { defineCommand } from '../../src/engine/command.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { fallbackTenant, resource, resourceStream } from './resource.ts';

/** What a project walk found of a resource. */
export interface AttributeResource {
  resource_id: string;
  /** Null for one that is in no project. */
  cloud_project_id: string | null;
  /** The tenant that the project is assigned to; null where it is not. */
  project_tenant_id: string | null;
}

/** Places a resource: its tenant is its project's, else the fallback, unless an admin has classified it. */
export const attributeResource = defineCommand({
  name: 'attribute-resource',
  aggregate: resource,
  stream: (input: AttributeResource) => resourceStream(input.resource_id),
  decide(state, { cloud_project_id, project_tenant_id }): InventoryEvent[] {
    if (state === null) return [];
    const tenant_id = state.classified ? state.tenant_id : project_tenant_id ?? fallbackTenant;
    if (state.cloud_project_id === cloud_project_id && state.tenant_id === tenant_id) return [];
    return [{ type: 'ResourceAttributed', data: { resource_id: state.resource_id, cloud_project_id, tenant_id } }];
  },
  result: (state) => ({ tenant_id: state?.tenant_id ?? null }),
});
