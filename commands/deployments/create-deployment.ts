import { defineCommand } from '../../src/ledger/command.ts';
import type { Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { deployment, deploymentIdOf, deploymentStream } from './deployment.ts';
import { refuseNew, trialEnd, type NewDeployment } from './new-deployment.ts';

export interface CreateDeployment extends NewDeployment {
  llm_mode: string;
  /** A deployment with a template is created by `create-from-template`. */
  template_code: null;
  template_version: null;
}

/** Creates a deployment without a template. */
export const createDeployment = defineCommand({
  name: 'create-deployment',
  aggregate: deployment,
  stream: (input: CreateDeployment) => deploymentStream(deploymentIdOf(input.tenant_id, input.slug)),
  assumesNew: true,
  decide(state, input, _context: undefined, execution): DeploymentEvent[] | Refusal {
    const refusal = refuseNew(state, input, execution);
    if (refusal !== null) return refusal;
    const deployment_id = deploymentIdOf(input.tenant_id, input.slug);
    const trial_ends_at = trialEnd(input, execution);
    return [
      {
        type: 'DeploymentCreated',
        data: { ...input, deployment_id, trial_ends_at, effective_on: execution.today },
      },
    ];
  },
  result: (state) => state,
});
