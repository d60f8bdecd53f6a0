import { recordBalance } from '../../../../commands/costs/record-balance.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { balanceInput, thatDay, balanceRecorded } from '../../../support/commands/balance-events.ts';

describe('record-balance', () => {
  it('adds nothing for the same snapshot', () => {
    given(recordBalance, [balanceRecorded])
      .when(balanceInput, undefined, execution({ now: '2026-05-09T16:07:00.000Z' }))
      .then([]);
  });

  it('compares amounts alone where the provider does not say when it computed them', () => {
    given(recordBalance, [balanceRecorded])
      .when({ ...balanceInput, generated_at: null }, undefined, thatDay)
      .then([]);
  });
});
