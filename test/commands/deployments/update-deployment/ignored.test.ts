import { updateDeployment } from '../../../../commands/deployments/update-deployment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, deployment_id } from '../../../support/commands/deployment-events.ts';

describe('update-deployment', () => {
  it('adds nothing for the values that it has', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, display_name: 'Site' }, undefined, acme)
      .then([]);
  });
});
