import { recordSweep } from '../../../../commands/inventory/record-sweep.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { sweepInput, sweepRecorded } from '../../../support/commands/ownership-events.ts';

describe('record-sweep', () => {
  it('does not count a sweep that ran beside another one, also of the day before', () => {
    given(recordSweep, [sweepRecorded('2026-05-01T00:00:00.000Z', true)])
      .when(sweepInput('2026-05-01T00:00:30.000Z'), { last_counted_end: null })
      .then([sweepRecorded('2026-05-01T00:00:30.000Z', false)]);
    given(recordSweep)
      .when(sweepInput('2026-05-01T00:00:00.000Z'), { last_counted_end: '2026-05-01T00:00:01.000Z' })
      .then([sweepRecorded('2026-05-01T00:00:00.000Z', false)]);
  });
});
