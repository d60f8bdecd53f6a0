import { z } from 'zod';
import { defineCommand } from '../../src/ledger/command.ts';
import type { BalanceEvent } from '../../src/events/costs.ts';
import { cents, day, instant } from '../../src/events/values.ts';
import { balance, balanceStream, type BalanceState } from './balance.ts';

/** `generated_at` is null where the provider gives none; the time of reading counts then. */
export const recordBalanceInput = z.strictObject({
  day,
  month_to_date_balance_cents: cents,
  account_balance_cents: cents,
  month_to_date_usage_cents: cents,
  generated_at: instant.nullable(),
});
export type RecordBalanceInput = z.output<typeof recordBalanceInput>;

function isSame(last: NonNullable<BalanceState>, input: RecordBalanceInput): boolean {
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
  stream: (input: RecordBalanceInput) => balanceStream(input.day),
  decide(state, input, _context: undefined, { now }): BalanceEvent[] {
    if (state !== null && isSame(state, input)) return [];
    const { day: _day, generated_at, ...amounts } = input;
    return [
      { type: 'BalanceRecorded', data: { ...amounts, generated_at: generated_at ?? now, recorded_at: now } },
    ];
  },
  result: (state) => state,
});
