import { closeMonth } from '../../../../commands/invoicing/close-month.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { closeInput } from '../../../support/commands/close-events.ts';

describe('close-month', () => {
  it('refuses a month that has not ended', () => {
    given(closeMonth)
      .when(closeInput(), undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('period-not-ended');
  });
});
