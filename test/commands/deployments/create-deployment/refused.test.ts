import { expect } from 'chai';
import { createDeployment } from '../../../../commands/deployments/create-deployment.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { created, transitioned } from '../../../support/commands/deployment-events.ts';
import { createInput } from '../../../support/commands/deployment-inputs.ts';

describe('create-deployment', () => {
  it('refuses a slug that is taken, also by an archived deployment', () => {
    given(createDeployment, [created()]).when(createInput, undefined).refused('already-exists');
    const archived = given(createDeployment, [
      created(),
      transitioned('active', 'cancelled'),
      transitioned('cancelled', 'archived'),
    ])
      .when(createInput, undefined)
      .refused('already-exists');
    expect(archived.detail).to.contain('taken for ever');
  });

  it('refuses what is no slug', () => {
    for (const slug of ['', 'Site', '-site', 'a_b', 'ü'])
      given(createDeployment)
        .when({ ...createInput, slug }, undefined)
        .refused('invalid-input');
  });

  it('refuses the end of a trial for a deployment that is not in trial', () => {
    given(createDeployment)
      .when({ ...createInput, trial_ends_at: '2026-06-01T00:00:00.000Z' }, undefined)
      .refused('invalid-input');
  });
});
