import { defineCommand } from '../../src/ledger/command.ts';
import type { BalanceEvent } from '../../src/events/costs.ts';
import { balance, balanceStream, type BalanceSnapshot } from './balance.ts';

/** `generated_at` is null where the provider gives none; the time of reading counts then. */
export interface RecordBalance extends Omit<BalanceSnapshot, 'generated_at'> {
  day: string;
  generated_at: string | null;
}

function isSame(last: BalanceSnapshot, input: RecordBalance): boolean {
  return (
    last.month_to_date_balance_cents === input.month_to_date_balance_cents &&
    last.account_balance_cents === input.account_balance_cents &&
    last.month_to_date_usage_cents === input.month_to_date_usage_cents &&
    (input.generated_at === null || last.generated_at === input.generated_at)
  );
}

/**
 * Records what the account owes (spec 4). The provider recomputes it a few times a day: a snapshot equal to
 * the last one of the day adds nothing.
 */
export const recordBalance = defineCommand({
  name: 'record-balance',
  aggregate: balance,
  stream: (input: RecordBalance) => balanceStream(input.day),
  decide(state, input, _context: undefined, { now }): BalanceEvent[] {
    if (state !== null && isSame(state, input)) return [];
    const { day: _day, generated_at, ...amounts } = input;
    return [
      { type: 'BalanceRecorded', data: { ...amounts, generated_at: generated_at ?? now, recorded_at: now } },
    ];
  },
  result: (state) => state,
});
