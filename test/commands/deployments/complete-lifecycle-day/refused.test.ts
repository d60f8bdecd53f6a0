import { completeLifecycleDay } from '../../../../commands/deployments/complete-lifecycle-day.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';

describe('complete-lifecycle-day', () => {
  it('refuses a day that has not come', () => {
    given(completeLifecycleDay)
      .when({ day: '2026-05-01', transitions: 0 }, undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('day-not-ended');
  });
});
