import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { resource, resourceStream, seenResource } from './resource.ts';

/** The input of an admin. */
export const assignInput = z.strictObject({ tenant_id: z.string().min(1).max(200) });

export interface AssignResource extends z.output<typeof assignInput> {
  resource_id: string;
}

/** Classifies a resource: from now on it belongs to the tenant, whatever the tenant of its project. */
export const assignResource = defineCommand({
  name: 'assign-resource',
  aggregate: resource,
  stream: (input: AssignResource) => resourceStream(input.resource_id),
  decide(before, { tenant_id }): InventoryEvent[] | Refusal {
    const state = seenResource(before);
    if (state === null) return refuse('not-found', 'there is no such resource');
    if (state.classified && state.tenant_id === tenant_id) return [];
    return [{ type: 'ResourceAssigned', data: { resource_id: state.resource_id, tenant_id } }];
  },
  result: (state, { resource_id, tenant_id }) => ({
    id: resource_id,
    tenant_id,
    classified: seenResource(state)?.classified ?? true,
  }),
});
