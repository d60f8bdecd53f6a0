import { settleAccount } from '../../../../commands/receivables/settle-account.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { june, knowing, receivedEvent, target, tenant_id } from '../../../support/commands/account-events.ts';

describe('settle-account', () => {
  it('adds nothing where nothing is open, over, or in the currency of the ledger', () => {
    given(settleAccount)
      .when({ tenant_id }, knowing(target('first')), june)
      .then([]);
    given(settleAccount, [receivedEvent()]).when({ tenant_id }, knowing(), june).then([]);
    given(settleAccount, [receivedEvent()])
      .when({ tenant_id }, knowing(target('first', { currency: 'USD' })), june)
      .then([]);
  });
});
