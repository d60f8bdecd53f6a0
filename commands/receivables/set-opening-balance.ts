import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { AccountEvent } from '../../src/events/receivables.ts';
import { account, accountStream, openingId } from './account.ts';
import { Settlement, type AccountContext } from './settlement.ts';

/** What a tenant owed (positive) or was owed (negative) on the day on which it moved in. */
export interface SetOpeningBalance {
  tenant_id: string;
  amount_cents: number;
  on: string;
}

/** Sets the opening balance of a tenant, once. The same again adds nothing, another one is refused. */
export const setOpeningBalance = defineCommand({
  name: 'set-opening-balance',
  aggregate: account,
  stream: (input: SetOpeningBalance) => accountStream(input.tenant_id),
  decide(state, input, context: AccountContext, { currency, today }): AccountEvent[] | Refusal {
    const { tenant_id, amount_cents, on } = input;
    const { opening } = state;
    if (opening !== null)
      return opening.amount_cents === amount_cents && opening.on === on
        ? []
        : refuse('already-exists', 'the tenant has another opening balance', {
            extra: { amount_cents: opening.amount_cents, on: opening.on },
          });
    if (amount_cents === 0) return [];
    const opening_id = openingId(tenant_id);
    const settlement = new Settlement(state, context, currency);
    settlement.settle();
    if (amount_cents > 0) settlement.owe(opening_id, on, amount_cents);
    else
      settlement.take({
        id: opening_id,
        kind: 'opening_credit',
        on,
        amount_cents: -amount_cents,
        refunds: [],
        reversal: null,
        payment: null,
      });
    settlement.settle();
    const dated = on === today ? {} : { effective_at: on };
    return [{ type: 'OpeningBalanceSet', data: { ...input, opening_id, ...settlement.result() }, ...dated }];
  },
  result: ({ opening }) => opening,
});
