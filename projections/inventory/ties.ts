import { patch, upsert, type Handlers } from '../../src/read-models/projection.ts';
import { resourceTies } from './tables.ts';

/** Ties and their ends. */
export const tieHandlers = {
  ResourceTied: ({ data, position }) =>
    upsert(resourceTies, {
      resource_id: data.resource_id,
      effective_from: data.effective_from,
      deployment_id: data.deployment_id,
      tenant_id: data.tenant_id,
      position,
      effective_to: null,
      untied_position: null,
    }),
  ResourceUntied: ({ data, position }) =>
    patch(
      resourceTies,
      {
        resource_id: data.resource_id,
        effective_from: data.effective_from,
        deployment_id: data.deployment_id,
      },
      { effective_to: data.effective_to, untied_position: position },
    ),
} satisfies Handlers;
