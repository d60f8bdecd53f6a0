import { defineCommand } from '../../src/ledger/command.ts';
import { isRefusal, refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { closed, kindOf, visibleDeployment } from './actors.ts';
import { deployment, deploymentStream } from './deployment.ts';

/** A field that is left out stays as it is. */
export interface UpdateDeployment {
  deployment_id: string;
  display_name?: string | undefined;
  llm_mode?: string | undefined;
  /** The operator's override: automatic billing actions leave the deployment alone. */
  billing_action_suspended?: boolean | undefined;
}

/** Changes the fields of a deployment that can change. The same values again add nothing. */
export const updateDeployment = defineCommand({
  name: 'update-deployment',
  aggregate: deployment,
  stream: (input: UpdateDeployment) => deploymentStream(input.deployment_id),
  decide(state, input, _context: undefined, { actor }): DeploymentEvent[] | Refusal {
    const known = visibleDeployment(state, actor);
    if (isRefusal(known)) return known;
    if (input.billing_action_suspended !== undefined && kindOf(actor) !== 'admin')
      return refuse('forbidden', 'only an admin may set billing_action_suspended');
    if (known.state === 'archived') return closed(known);
    const display_name = input.display_name ?? known.display_name;
    const llm_mode = input.llm_mode ?? known.llm_mode;
    const billing_action_suspended = input.billing_action_suspended ?? known.billing_action_suspended;
    if (
      display_name === known.display_name &&
      llm_mode === known.llm_mode &&
      billing_action_suspended === known.billing_action_suspended
    )
      return [];
    return [
      {
        type: 'DeploymentUpdated',
        data: {
          deployment_id: known.id,
          tenant_id: known.tenant_id,
          display_name,
          llm_mode,
          billing_action_suspended,
        },
      },
    ];
  },
  result: (state) => state,
});
