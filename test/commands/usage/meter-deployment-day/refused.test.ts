import { meterDeploymentDay } from '../../../../commands/usage/meter-deployment-day.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { usageRecord, meterInput } from '../../../support/commands/metered-day.ts';

describe('meter-deployment-day', () => {
  it('refuses a day that has not ended', () => {
    for (const now of ['2026-04-30T00:00:00.000Z', '2026-04-30T23:59:59.999Z', '2026-04-29T10:00:00.000Z']) {
      given(meterDeploymentDay)
        .when(meterInput([usageRecord('a')]), undefined, execution({ now }))
        .refused('day-not-ended');
    }
  });
});
