import { recordDayMetered } from '../../../../commands/usage/record-day-metered.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { dayCounts, dayMetered } from '../../../support/commands/usage-events.ts';

describe('record-day-metered', () => {
  it('records the first run of a day', () => {
    given(recordDayMetered).when(dayCounts, undefined).then([dayMetered()]);
    given(recordDayMetered)
      .when({ ...dayCounts, deployments: 0, records: 0 }, undefined)
      .then([dayMetered({ ...dayCounts, deployments: 0, records: 0 })]);
  });

  it('records a run with other counts', () => {
    given(recordDayMetered, [dayMetered()])
      .when({ ...dayCounts, records: 8 }, undefined)
      .then([dayMetered({ ...dayCounts, records: 8 })]);
    given(recordDayMetered, [dayMetered()])
      .when({ ...dayCounts, deployments: 1 }, undefined)
      .then([dayMetered({ ...dayCounts, deployments: 1 })]);
  });
});
