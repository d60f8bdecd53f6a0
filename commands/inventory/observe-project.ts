import { defineCommand } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';
import { project, projectStream, type ProjectFields } from './project.ts';

export interface ObserveProject extends ProjectFields {
  project_id: string;
}

/** Mirrors a project that the provider lists. One that comes back keeps its tenant. */
export const observeProject = defineCommand({
  name: 'observe-project',
  aggregate: project,
  stream: (input: ObserveProject) => projectStream(input.project_id),
  decide(state, input): ProjectEvent[] {
    const { project_id, name, description, purpose, environment, is_default, created_at } = input;
    const fields = { name, description, purpose, environment, is_default, created_at };
    if (state === null) return [{ type: 'ProjectDiscovered', data: { project_id, ...fields } }];
    if (!state.removed && canonicalJson(state.fields) === canonicalJson(fields)) return [];
    return [{ type: 'ProjectChanged', data: { project_id, ...fields } }];
  },
  result: (_state, { project_id }) => ({ project_id }),
});
