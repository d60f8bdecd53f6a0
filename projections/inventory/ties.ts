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
      untied_reason: null,
      rule_by: data.rule?.by ?? null,
      rule_of:
        data.rule === undefined
          ? null
          : data.rule.by === 'project'
            ? data.rule.project_id
            : data.rule.resource_id,
    }),
  ResourceUntied: ({ data, position }) =>
    patch(
      resourceTies,
      {
        resource_id: data.resource_id,
        effective_from: data.effective_from,
        deployment_id: data.deployment_id,
      },
      { effective_to: data.effective_to, untied_position: position, untied_reason: data.reason },
    ),
} satisfies Handlers;
