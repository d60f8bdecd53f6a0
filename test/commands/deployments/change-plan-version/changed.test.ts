import { changePlanVersion } from '../../../../commands/deployments/change-plan-version.ts';
import type { DeploymentEvent } from '../../../../src/events/deployments.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  acme,
  created,
  owner,
  started,
  studio,
  subscription_id,
} from '../../../support/commands/deployment-events.ts';
import { changeInput, onRetired } from '../../../support/commands/subscription-inputs.ts';

const planVersionChanged = (from: number, to: number): DeploymentEvent => ({
  type: 'PlanVersionChanged',
  data: {
    ...owner,
    subscription_id,
    from_plan_code: 'studio',
    from_plan_version: from,
    plan_code: 'studio',
    plan_version: to,
    effective_on: '2026-05-01',
  },
});

describe('change-plan-version', () => {
  it('moves to the active version', () => {
    given(changePlanVersion, onRetired)
      .when(changeInput, { plan: studio }, acme)
      .then([planVersionChanged(1, 2)]);
  });

  it('lets an admin choose a retired version', () => {
    given(changePlanVersion, [created(), started()])
      .when({ ...changeInput, version: 1 }, { plan: studio })
      .then([planVersionChanged(2, 1)]);
  });
});
