import { defineCommand } from '../../src/ledger/command.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';
import { project, projectStream } from './project.ts';

export interface RemoveProject {
  project_id: string;
}

/** Records that the provider no longer has a project. */
export const removeProject = defineCommand({
  name: 'remove-project',
  aggregate: project,
  stream: (input: RemoveProject) => projectStream(input.project_id),
  decide(state, { project_id }): ProjectEvent[] {
    return state === null || state.removed ? [] : [{ type: 'ProjectRemoved', data: { project_id } }];
  },
  result: (_state, { project_id }) => ({ project_id }),
});
