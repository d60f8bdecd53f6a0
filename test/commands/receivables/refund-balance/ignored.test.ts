import type { AccountEvent } from '../../../../src/events/receivables.ts';
import { idFrom } from '../../../../src/ledger/ids.ts';
import { refundBalance } from '../../../../commands/receivables/refund-balance.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  june,
  knowing,
  nothing,
  receivedEvent,
  reported,
  tenant_id,
} from '../../../support/commands/account-events.ts';

describe('refund-balance', () => {
  it('adds nothing for the same request', () => {
    const refunded: AccountEvent = {
      type: 'BalanceRefunded',
      data: {
        tenant_id,
        refund_id: idFrom('balance-refund', tenant_id, june.commandId),
        amount_cents: 6_000,
        reason: 'closed',
        refunded_on: '2026-06-20',
        sources: [{ source_id: reported().payment_id, amount_cents: 6_000 }],
        ...nothing,
      },
    };
    given(refundBalance, [receivedEvent(), refunded])
      .when({ tenant_id, amount_cents: 6_000, reason: 'closed' }, knowing(), june)
      .then([]);
  });
});
