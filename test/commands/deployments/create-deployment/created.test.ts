import { createDeployment } from '../../../../commands/deployments/create-deployment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created } from '../../../support/commands/deployment-events.ts';
import { createInput } from '../../../support/commands/deployment-inputs.ts';

describe('create-deployment', () => {
  it('creates the deployment under the id of tenant and slug', () => {
    given(createDeployment).when(createInput, undefined).then([created()]);
    given(createDeployment)
      .when({ ...createInput, state: 'trial' }, undefined)
      .then([created('trial')]);
  });
});
