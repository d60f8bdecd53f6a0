import { expect } from 'chai';
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
  const first = receivedEvent();
  const { payment_id: id } = reported();
  const later = reported({ payment_id: 'later', received_on: '2026-05-20', amount_cents: 1_000 });
  const refund = {
    tenant_id,
    reason: 'closed',
    refund_id: idFrom('balance-refund', tenant_id, june.commandId),
  };

  it('takes the oldest money first', () => {
    const result = given(refundBalance, [receivedEvent(later), { ...first }])
      .when({ tenant_id, amount_cents: 6_500, reason: 'closed' }, knowing(), june)
      .then([
        {
          type: 'BalanceRefunded',
          data: {
            ...refund,
            amount_cents: 6_500,
            refunded_on: '2026-06-20',
            sources: [
              { source_id: id, amount_cents: 6_000 },
              { source_id: 'later', amount_cents: 500 },
            ],
            ...nothing,
            balance_cents: 500,
          },
        },
      ]);
    expect(result).to.deep.equal({ tenant_id, amount_cents: 6_500, reason: 'closed', balance_cents: 500 });
  });

  it('takes what a credit note has left', () => {
    const note: AccountEvent = {
      type: 'CreditNoteTaken',
      data: {
        tenant_id,
        correction_id: 'cn',
        invoice_id: 'first',
        amount_cents: 300,
        on: '2026-05-20',
        ...nothing,
        balance_cents: 300,
      },
    };
    given(refundBalance, [note])
      .when({ tenant_id, amount_cents: 300, reason: 'closed' }, knowing(), june)
      .then([
        {
          type: 'BalanceRefunded',
          data: {
            ...refund,
            amount_cents: 300,
            refunded_on: '2026-06-20',
            sources: [{ source_id: 'cn', amount_cents: 300 }],
            ...nothing,
          },
        },
      ]);
  });
});
