import { updateDeployment } from '../../../../commands/deployments/update-deployment.ts';
import { execution, given, tenantUser } from '../../../support/commands/command-spec.ts';
import { acme, created, deployment_id, transitioned } from '../../../support/commands/deployment-events.ts';

describe('update-deployment', () => {
  it('refuses a tenant that sets billing_action_suspended', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, billing_action_suspended: false }, undefined, acme)
      .refused('forbidden');
  });

  it('refuses an unknown deployment', () => {
    given(updateDeployment).when({ deployment_id, llm_mode: 'x' }, undefined).refused('not-found');
  });

  it('refuses the deployment of another tenant', () => {
    given(updateDeployment, [created()])
      .when({ deployment_id, llm_mode: 'x' }, undefined, execution({ actor: tenantUser('other') }))
      .refused('not-found');
  });

  it('refuses an archived deployment', () => {
    given(updateDeployment, [
      created(),
      transitioned('active', 'cancelled'),
      transitioned('cancelled', 'archived'),
    ])
      .when({ deployment_id, llm_mode: 'x' }, undefined)
      .refused('deployment-closed');
  });
});
