import { expect } from 'chai';
import { recordBalance } from '../../../commands/costs/record-balance.ts';
import type { BalanceEvent } from '../../../src/events/costs.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

const snapshot = {
  month_to_date_balance_cents: -2752,
  account_balance_cents: 0,
  month_to_date_usage_cents: 2740,
  generated_at: '2026-05-09T15:01:12Z',
};
const input = { day: '2026-05-09', ...snapshot };
const at = execution({ now: '2026-05-09T15:07:00.000Z' });
const recorded: BalanceEvent = { type: 'BalanceRecorded', data: { ...snapshot, recorded_at: at.now } };

describe('recording the balance', () => {
  it('keeps a stream a day', () => {
    expect(recordBalance.stream(input)).to.equal('balance-2026-05-09');
  });

  it('records a snapshot, and the same one again adds nothing', () => {
    given(recordBalance).when(input, undefined, at).then([recorded]);
    given(recordBalance, [recorded])
      .when(input, undefined, execution({ now: '2026-05-09T16:07:00.000Z' }))
      .then([]);
  });

  it('records another amount, and the same amounts computed anew', () => {
    for (const change of [{ account_balance_cents: 1 }, { generated_at: '2026-05-09T15:02:00Z' }]) {
      given(recordBalance, [recorded])
        .when({ ...input, ...change }, undefined, at)
        .then([{ type: 'BalanceRecorded', data: { ...recorded.data, ...change } }]);
    }
  });

  it('compares amounts alone where the provider does not say when it computed them', () => {
    given(recordBalance)
      .when({ ...input, generated_at: null }, undefined, at)
      .then([{ type: 'BalanceRecorded', data: { ...recorded.data, generated_at: at.now } }]);
    given(recordBalance, [recorded])
      .when({ ...input, generated_at: null }, undefined, at)
      .then([]);
  });
});
