import { completeLifecycleDay } from '../../../../commands/deployments/complete-lifecycle-day.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { lifecycleDayCompleted } from '../../../support/commands/lifecycle-events.ts';

describe('complete-lifecycle-day', () => {
  it('records a day on which all is done, also one on which there was nothing to do', () => {
    for (const transitions of [3, 0]) {
      const event = lifecycleDayCompleted('2026-04-30', transitions);
      given(completeLifecycleDay).when(event.data, undefined).then([event]);
    }
  });
});
