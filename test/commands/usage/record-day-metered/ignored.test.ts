import { recordDayMetered } from '../../../../commands/usage/record-day-metered.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dayCounts, dayMetered } from '../../../support/commands/usage-events.ts';

describe('record-day-metered', () => {
  it('adds nothing for the same counts', () => {
    given(recordDayMetered, [dayMetered()]).when(dayCounts, undefined).then([]);
  });
});
