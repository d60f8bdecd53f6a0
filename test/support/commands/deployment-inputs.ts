/** Inputs of the commands on a deployment, and a deployment in each state. */
import type { DeploymentState } from '../../../src/events/deployments.ts';
import { created, transitioned, deployment_id } from './deployment-events.ts';

export const createInput = {
  tenant_id: 'acme',
  slug: 'site',
  display_name: 'Site',
  region: null,
  state: 'active' as const,
  llm_mode: 'none',
  template_code: null,
  template_version: null,
  trial_ends_at: null,
};

export const inState = (state: DeploymentState) => [created('trial'), transitioned('trial', state)];

export const transitionTo = (state: DeploymentState, reason: string | null = null) => ({
  deployment_id,
  to: state,
  reason,
});
