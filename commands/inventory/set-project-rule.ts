import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { ProjectEvent } from '../../src/events/inventory.ts';
import { project, projectStream } from './project.ts';
import { closedStates } from './tie-resource.ts';

export interface SetProjectRule {
  project_id: string;
  deployment_id: string;
}

/** The deployment that the rule ties to; null if there is no such deployment. */
export interface ProjectRuleContext {
  deployment: { deployment_id: string; tenant_id: string; state: string } | null;
}

/**
 * Sets or replaces the rule of a project: its resources belong to the deployment by themselves. The ties that
 * follow from it are found by `decideRuleTies`.
 */
export const setProjectRule = defineCommand({
  name: 'set-project-rule',
  aggregate: project,
  stream: (input: SetProjectRule) => projectStream(input.project_id),
  decide(state, { project_id }, { deployment }: ProjectRuleContext): ProjectEvent[] | Refusal {
    if (state === null || state.removed) return refuse('not-found', 'there is no such project');
    if (deployment === null) return refuseField('deployment_id', 'no such deployment');
    const { deployment_id, tenant_id } = deployment;
    if (state.deploys === deployment_id) return [];
    if (closedStates.has(deployment.state))
      return refuse('deployment-closed', `the deployment is ${deployment.state}`, {
        extra: { state: deployment.state },
      });
    return [{ type: 'ProjectRuleSet', data: { project_id, deployment_id, tenant_id } }];
  },
  result: (_state, { project_id, deployment_id }) => ({ id: project_id, deploys: deployment_id }),
});
