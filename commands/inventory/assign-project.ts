import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';
import { project, projectStream } from './project.ts';

export interface AssignProject {
  project_id: string;
  tenant_id: string;
}

/** Assigns a project to a tenant. `attribute-resource` then assigns its resources, each on its own stream. */
export const assignProject = defineCommand({
  name: 'assign-project',
  aggregate: project,
  stream: (input: AssignProject) => projectStream(input.project_id),
  decide(state, { project_id, tenant_id }): ProjectEvent[] | Refusal {
    if (state === null || state.removed) return refuse('not-found', 'there is no such project');
    return state.tenant_id === tenant_id
      ? []
      : [{ type: 'ProjectAssigned', data: { project_id, tenant_id } }];
  },
  result: (_state, { project_id, tenant_id }) => ({ id: project_id, tenant_id }),
});
