import { transitionDeployment } from '../../../../commands/deployments/transition-deployment.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import { execution, given, tenantUser } from '../../../support/commands/command-spec.ts';
import { acme, automatic, owner } from '../../../support/commands/deployment-events.ts';
import { inState, transitionTo } from '../../../support/commands/deployment-inputs.ts';

describe('transition-deployment', () => {
  it('refuses an edge that a tenant may not take', () => {
    given(transitionDeployment, inState('active'))
      .when(transitionTo('past_due'), undefined, acme)
      .refused('forbidden');
  });

  it('refuses the deployment of another tenant', () => {
    given(transitionDeployment, inState('active'))
      .when(transitionTo('paused'), undefined, execution({ actor: tenantUser('other') }))
      .refused('not-found');
  });

  it('refuses automatic billing actions that an operator has suspended', () => {
    const suspended: DeploymentEvent = {
      type: 'DeploymentUpdated',
      data: { ...owner, display_name: 'Site', llm_mode: 'none', billing_action_suspended: true },
    };
    const at = execution({ actor: automatic });
    given(transitionDeployment, [...inState('active'), suspended])
      .when(transitionTo('past_due'), undefined, at)
      .refused('forbidden');
  });

  it('refuses a tenant that has the role of automatic billing actions', () => {
    // A tenant's token that claims the role is a tenant's all the same.
    const impostor = execution({ actor: { sub: 'x', tenant_id: 'acme', roles: ['automatic'] } });
    given(transitionDeployment, inState('active'))
      .when(transitionTo('past_due'), undefined, impostor)
      .refused('forbidden');
  });
});
