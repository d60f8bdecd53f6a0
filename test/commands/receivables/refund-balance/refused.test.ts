import { expect } from 'chai';
import { refundBalance } from '../../../../commands/receivables/refund-balance.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, receivedEvent, target, tenant_id } from '../../../support/commands/account-events.ts';

describe('refund-balance', () => {
  const refund = (amount_cents: number) => ({ tenant_id, amount_cents, reason: 'closed' });

  it('refuses more than the balance', () => {
    const refusal = given(refundBalance, [receivedEvent()])
      .when(refund(6_001), knowing(), june)
      .refused('invalid-input');
    expect(refusal.errors).to.deep.equal([{ path: 'amount_cents', message: 'the balance is 60.00' }]);
  });

  it('refuses where there is no balance, also where what is open takes it', () => {
    given(refundBalance).when(refund(1), knowing(), june).refused('no-balance');
    given(refundBalance, [receivedEvent()])
      .when(refund(1), knowing(target('first')), june)
      .refused('no-balance');
  });
});
