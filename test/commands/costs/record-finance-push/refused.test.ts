import { recordFinancePush } from '../../../../commands/costs/record-finance-push.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { discovered, pushInput } from '../../../support/commands/provider-invoice-events.ts';

describe('record-finance-push', () => {
  it('refuses an invoice that is not ingested', () => {
    given(recordFinancePush, [discovered]).when(pushInput, undefined).refused('not-found');
  });
});
