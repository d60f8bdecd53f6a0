import { defineCommand } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import { totalOf } from '../../src/pricing/money.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream } from './account.ts';
import { laterDay, Settlement, type AccountContext } from './settlement.ts';
import { money } from '../../src/pricing/amount-text.ts';

/** What a tenant has left over is paid back, such as the rest of a credit note. */
export interface RefundBalance {
  tenant_id: string;
  amount_cents: number;
  reason: string;
}

/** Pays back at most the balance, whatever it stems from: the oldest money first. */
export const refundBalance = defineCommand({
  name: 'refund-balance',
  aggregate: account,
  stream: (input: RefundBalance) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, { today, currency, commandId }): AccountEvent[] | Refusal {
    const { tenant_id, amount_cents, reason } = input;
    const refund_id = idFrom('balance-refund', tenant_id, commandId);
    if (state.sources.some(({ refunds }) => refunds.some((refund) => refund.refund_id === refund_id)))
      return [];
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    const free = settlement.free();
    const balance = totalOf(free);
    if (balance === 0) return refuse('no-balance', 'the tenant has no balance to refund');
    if (amount_cents > balance) return refuseField('amount_cents', `the balance is ${money(balance)}`);
    let left = amount_cents;
    const sources = free.flatMap(({ source_id, amount_cents: cents }) => {
      const taken = Math.min(left, cents);
      left -= taken;
      return taken === 0 ? [] : [{ source_id, amount_cents: taken }];
    });
    const refunded_on = state.sources
      .filter(({ id }) => sources.some(({ source_id }) => source_id === id))
      .reduce((day, { on }) => laterDay(day, on), today);
    for (const { source_id, amount_cents: cents } of sources)
      settlement.withdraw(source_id, cents, refunded_on);
    const refund = { refund_id, amount_cents, reason, refunded_on, sources };
    return [{ type: 'BalanceRefunded', data: { tenant_id, ...refund, ...settlement.result() } }];
  },
  result: ({ balance_cents }, { tenant_id, amount_cents, reason }) => ({
    tenant_id,
    amount_cents,
    reason,
    balance_cents,
  }),
});
