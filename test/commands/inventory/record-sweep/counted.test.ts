import { recordSweep } from '../../../../commands/inventory/record-sweep.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { sweepInput, sweepRecorded } from '../../../support/commands/ownership-events.ts';

describe('record-sweep', () => {
  it('counts a sweep that began when the last one had ended', () => {
    given(recordSweep)
      .when(sweepInput('2026-05-01T00:00:00.000Z'), { last_counted_end: '2026-05-01T00:00:00.000Z' })
      .then([sweepRecorded('2026-05-01T00:00:00.000Z', true)]);
    given(recordSweep, [sweepRecorded('2026-05-01T00:00:00.000Z', true)])
      .when(sweepInput('2026-05-01T00:01:00.000Z'), { last_counted_end: null })
      .then([sweepRecorded('2026-05-01T00:01:00.000Z', true)]);
  });
});
