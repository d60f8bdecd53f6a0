import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream, paymentOf } from './account.ts';
import { laterDay, Settlement, type AccountContext } from './settlement.ts';

/** A payment that never arrived is taken back. */
export interface ReversePayment {
  payment_id: string;
  tenant_id: string;
  reason: string;
}

/** Takes a payment back as a whole: what it paid is open again. The same again adds nothing. */
export const reversePayment = defineCommand({
  name: 'reverse-payment',
  aggregate: account,
  stream: (input: ReversePayment) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, { today, currency }): AccountEvent[] | Refusal {
    const { payment_id, tenant_id, reason } = input;
    const extra = { payment_id };
    const source = state.sources.find(({ id }) => id === payment_id);
    if (source === undefined || source.payment === null)
      return refuse('not-found', 'there is no such payment');
    if (source.reversal !== null)
      return source.reversal.reason === reason
        ? []
        : refuse('payment-reversed', 'the payment is reversed already, for another reason', { extra });
    if (source.refunds.length > 0)
      return refuse('payment-refunded', 'part of the payment is refunded: it can not be reversed', { extra });
    const reversed_on = laterDay(today, source.on);
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    settlement.releaseFrom(payment_id, source.amount_cents, reversed_on);
    settlement.withdraw(payment_id, source.amount_cents, reversed_on);
    settlement.settle();
    return [
      {
        type: 'PaymentReversed',
        data: {
          tenant_id,
          payment_id,
          amount_cents: source.amount_cents,
          reason,
          reversed_on,
          ...settlement.result(),
        },
      },
    ];
  },
  result: (state, { payment_id }) => paymentOf(state, payment_id),
});
