import { meterDeploymentDay } from '../../../../commands/usage/meter-deployment-day.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { usageRecord, meterInput, usageSet } from '../../../support/commands/metered-day.ts';

describe('meter-deployment-day', () => {
  it('adds nothing for equal content in any order', () => {
    const [a, b] = [usageRecord('a'), usageRecord('b')];
    given(meterDeploymentDay, [usageSet(1, [a, b])])
      .when(meterInput([b, a]), undefined)
      .then([]);
  });

  it('adds nothing for no usage of a day without any', () => {
    given(meterDeploymentDay).when(meterInput([]), undefined).then([]);
    given(meterDeploymentDay, [usageSet(1, [usageRecord('a')]), usageSet(2, [])])
      .when(meterInput([]), undefined)
      .then([]);
  });
});
