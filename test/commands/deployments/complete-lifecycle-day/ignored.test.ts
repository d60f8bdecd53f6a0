import { completeLifecycleDay } from '../../../../commands/deployments/complete-lifecycle-day.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { lifecycleDayCompleted } from '../../../support/commands/lifecycle-events.ts';

describe('complete-lifecycle-day', () => {
  it('adds nothing to a day that is completed, whatever a further run moved', () => {
    for (const transitions of [3, 1])
      given(completeLifecycleDay, [lifecycleDayCompleted('2026-04-30', 3)])
        .when({ day: '2026-04-30', transitions }, undefined)
        .then([]);
  });
});
