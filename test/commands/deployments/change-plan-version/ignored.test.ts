import { changePlanVersion } from '../../../../commands/deployments/change-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, started, studio } from '../../../support/commands/deployment-events.ts';
import { changeInput, onRetired } from '../../../support/commands/subscription-inputs.ts';

describe('change-plan-version', () => {
  it('adds nothing for the version that it has, also for a retired one', () => {
    given(changePlanVersion, [created(), started()]).when(changeInput, { plan: studio }, acme).then([]);
    given(changePlanVersion, onRetired)
      .when({ ...changeInput, version: 1 }, { plan: studio }, acme)
      .then([]);
  });
});
