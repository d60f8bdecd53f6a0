import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { resource, resourceStream, seenResource } from './resource.ts';

/** The desired values by field: a top-level field of the resource, or one of its `attrs`. */
export const provisionInput = z.strictObject({ spec: z.record(z.string().min(1).max(200), z.json()) });

export interface ProvisionSpec extends z.output<typeof provisionInput> {
  resource_id: string;
}

/** Stores the desired values of a resource; each time the version goes up by one. */
export const provisionSpec = defineCommand({
  name: 'provision-spec',
  aggregate: resource,
  stream: (input: ProvisionSpec) => resourceStream(input.resource_id),
  decide(before, { spec }): InventoryEvent[] | Refusal {
    const state = seenResource(before);
    if (state === null) return refuse('not-found', 'there is no such resource');
    if (Object.keys(spec).length === 0) return refuseField('spec', 'name at least one field');
    if (state.spec_version > 0 && canonicalJson(state.spec) === canonicalJson(spec)) return [];
    return [
      {
        type: 'SpecProvisioned',
        data: { resource_id: state.resource_id, spec_version: state.spec_version + 1, spec },
      },
    ];
  },
  result: (state, { resource_id }) => ({
    resource_id,
    spec_version: seenResource(state)?.spec_version ?? 0,
    spec: seenResource(state)?.spec ?? {},
  }),
});
