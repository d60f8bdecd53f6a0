import { updateDeployment } from '../../../../commands/deployments/update-deployment.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, deployment_id, owner } from '../../../support/commands/deployment-events.ts';

type Field = 'display_name' | 'llm_mode' | 'billing_action_suspended';

const deploymentUpdated = (changed: Field[], changes: object): DeploymentEvent => ({
  type: 'DeploymentUpdated',
  data: {
    ...{ ...owner, display_name: 'Site', llm_mode: 'none', billing_action_suspended: false },
    ...{ changed, ...changes },
  },
});

describe('update-deployment', () => {
  it('changes the given fields and keeps the rest', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, display_name: 'New' }, undefined, acme)
      .then([deploymentUpdated(['display_name'], { display_name: 'New' })]);
    given(updateDeployment, [created(), deploymentUpdated(['display_name'], { display_name: 'New' })])
      .when({ deployment_id, llm_mode: 'shared' }, undefined, acme)
      .then([
        deploymentUpdated(['llm_mode'], {
          display_name: 'New',
          llm_mode: 'shared',
          effective_on: '2026-05-01',
        }),
      ]);
  });

  it('lets an admin suspend automatic billing actions', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, billing_action_suspended: true }, undefined)
      .then([deploymentUpdated(['billing_action_suspended'], { billing_action_suspended: true })]);
  });
});
