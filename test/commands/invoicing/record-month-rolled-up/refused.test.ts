import { recordMonthRolledUp } from '../../../../commands/invoicing/record-month-rolled-up.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { rollupInput } from '../../../support/commands/rollup-events.ts';

describe('record-month-rolled-up', () => {
  it('refuses a month that has not ended', () => {
    given(recordMonthRolledUp)
      .when(rollupInput(), undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('period-not-ended');
  });
});
