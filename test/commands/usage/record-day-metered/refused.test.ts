import { recordDayMetered } from '../../../../commands/usage/record-day-metered.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { dayCounts } from '../../../support/commands/usage-events.ts';

describe('record-day-metered', () => {
  it('refuses a day that has not ended', () => {
    given(recordDayMetered)
      .when(dayCounts, undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('day-not-ended');
  });
});
