import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';
import { project, projectStream } from './project.ts';

export interface EndProjectRule {
  project_id: string;
}

/** Ends the rule of a project. A project without a rule adds no event. */
export const endProjectRule = defineCommand({
  name: 'end-project-rule',
  aggregate: project,
  stream: (input: EndProjectRule) => projectStream(input.project_id),
  decide(state, { project_id }): ProjectEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such project');
    if (state.deploys === null) return [];
    return [{ type: 'ProjectRuleEnded', data: { project_id, deployment_id: state.deploys } }];
  },
  result: (_state, { project_id }): { id: string; deploys: string | null } => ({
    id: project_id,
    deploys: null,
  }),
});
