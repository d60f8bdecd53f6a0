import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeploymentEvent } from '../../src/events/deployments.ts';
import { deployment, deploymentIdOf, deploymentStream } from './deployment.ts';

export interface CreateDeployment {
  tenant_id: string;
  /** See {@link slugForm}. */
  slug: string;
  display_name: string;
  region: string | null;
  state: 'trial' | 'active';
  llm_mode: string;
  template_code: string | null;
  template_version: string | null;
  /** ISO instant; only a trial has one. */
  trial_ends_at: string | null;
}

/** Lower-case letters, digits and hyphens, a letter or digit first: a slug becomes part of host names. */
export const slugForm = /^[a-z0-9][a-z0-9-]*$/;

/** Creates a deployment. Its slug stays taken after the deployment is archived. */
export const createDeployment = defineCommand({
  name: 'create-deployment',
  aggregate: deployment,
  stream: (input: CreateDeployment) => deploymentStream(deploymentIdOf(input.tenant_id, input.slug)),
  assumesNew: true,
  decide(state, input, _context: undefined, { today }): DeploymentEvent[] | Refusal {
    const { tenant_id, slug } = input;
    if (!slugForm.test(slug)) return refuseField('slug', 'expected lower-case letters, digits and hyphens');
    if (input.state === 'active' && input.trial_ends_at !== null)
      return refuseField('trial_ends_at', 'only a deployment in state trial has it');
    const taken = state.deployment;
    if (taken !== null) {
      return refuse(
        'already-exists',
        taken.state === 'archived' || taken.state === 'cancelled'
          ? `the slug ${slug} belongs to a deployment that is ${taken.state}: a slug is taken for ever`
          : `there is a deployment ${slug} already`,
        { extra: { deployment_id: taken.id } },
      );
    }
    return [
      {
        type: 'DeploymentCreated',
        data: { ...input, deployment_id: deploymentIdOf(tenant_id, slug), effective_on: today },
      },
    ];
  },
  result: (state) => state,
});
