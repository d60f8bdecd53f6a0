import { changePlanVersion } from '../../../../commands/deployments/change-plan-version.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { acme, created, started, studio } from '../../../support/commands/deployment-events.ts';
import { changeInput } from '../../../support/commands/subscription-inputs.ts';

describe('change-plan-version', () => {
  it('refuses a tenant a retired version and a draft', () => {
    given(changePlanVersion, [created(), started()])
      .when({ ...changeInput, version: 1 }, { plan: studio }, acme)
      .refused('plan-retired');
    given(changePlanVersion, [created(), started()])
      .when({ ...changeInput, version: 3 }, { plan: studio }, acme)
      .refused('plan-draft');
  });

  it('refuses a deployment without a subscription', () => {
    given(changePlanVersion, [created()]).when(changeInput, { plan: studio }, acme).refused('not-subscribed');
  });
});
