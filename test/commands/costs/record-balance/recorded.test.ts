import { expect } from 'chai';
import { recordBalance } from '../../../../commands/costs/record-balance.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { balanceInput, thatDay, balanceRecorded } from '../../../support/commands/balance-events.ts';

describe('record-balance', () => {
  it('keeps a stream a day', () => {
    expect(recordBalance.stream(balanceInput)).to.equal('balance-2026-05-09');
  });

  it('records a snapshot', () => {
    given(recordBalance).when(balanceInput, undefined, thatDay).then([balanceRecorded]);
  });

  it('records other amounts, and the same amounts computed again', () => {
    for (const change of [{ account_balance_cents: 1 }, { generated_at: '2026-05-09T15:02:00Z' }]) {
      given(recordBalance, [balanceRecorded])
        .when({ ...balanceInput, ...change }, undefined, thatDay)
        .then([{ type: 'BalanceRecorded', data: { ...balanceRecorded.data, ...change } }]);
    }
  });

  it('takes the time of recording where the provider does not say when it computed them', () => {
    given(recordBalance)
      .when({ ...balanceInput, generated_at: null }, undefined, thatDay)
      .then([{ type: 'BalanceRecorded', data: { ...balanceRecorded.data, generated_at: thatDay.now } }]);
  });
});
