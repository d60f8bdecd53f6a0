import { defineCommand } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream, leftOf, paymentOf } from './account.ts';
import { laterDay, Settlement, type AccountContext } from './settlement.ts';
import { money } from '../../src/pricing/amount-text.ts';

/** Part of a payment, or all of it, is paid back. */
export interface RefundPayment {
  payment_id: string;
  tenant_id: string;
  amount_cents: number;
  reason: string;
}

/**
 * Pays back at most what is left of a payment: first what of it pays nothing, then what it pays, the newest
 * allocations first. The same request adds nothing.
 */
export const refundPayment = defineCommand({
  name: 'refund-payment',
  aggregate: account,
  stream: (input: RefundPayment) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, { today, currency, commandId }): AccountEvent[] | Refusal {
    const { payment_id, tenant_id, amount_cents, reason } = input;
    const source = state.sources.find(({ id }) => id === payment_id);
    if (source === undefined || source.payment === null)
      return refuse('not-found', 'there is no such payment');
    const refund_id = idFrom('refund', payment_id, commandId);
    if (source.refunds.some((refund) => refund.refund_id === refund_id)) return [];
    if (source.reversal !== null)
      return refuse('payment-reversed', 'the payment is reversed: it can not be refunded', {
        extra: { payment_id },
      });
    const left = leftOf(source);
    if (amount_cents > left)
      return left === 0
        ? refuse('payment-refunded', 'the payment is refunded as a whole', { extra: { payment_id } })
        : refuseField('amount_cents', `${money(left)} is left of the payment`);
    const refunded_on = laterDay(today, source.on);
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    settlement.releaseFrom(payment_id, amount_cents - settlement.freeOf(payment_id), refunded_on);
    settlement.withdraw(payment_id, amount_cents, refunded_on);
    settlement.settle();
    const refund = { payment_id, refund_id, refund_no: source.refunds.length + 1, amount_cents, reason };
    return [{ type: 'PaymentRefunded', data: { tenant_id, ...refund, refunded_on, ...settlement.result() } }];
  },
  result: (state, { payment_id }) => paymentOf(state, payment_id),
});
