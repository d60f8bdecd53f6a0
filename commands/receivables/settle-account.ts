import { defineCommand } from '../../src/ledger/command.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream } from './account.ts';
import { Settlement, type AccountContext } from './settlement.ts';

/** What a settlement came to, as an event; none where nothing changed. */
export function settled(tenant_id: string, settlement: Settlement): AccountEvent[] {
  const data = settlement.result();
  return data.allocations.length === 0 ? [] : [{ type: 'AccountSettled', data: { tenant_id, ...data } }];
}

/** The balance pays what is open, the oldest first, and what void invoices no longer take returns to it. */
export const settleAccount = defineCommand({
  name: 'settle-account',
  aggregate: account,
  stream: (input: { tenant_id: string }) => accountStream(input.tenant_id),
  decide(state, { tenant_id }, context: AccountContext, { currency }): AccountEvent[] {
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    return settled(tenant_id, settlement);
  },
  result: (state) => ({ balance_cents: state.balance_cents }),
});
