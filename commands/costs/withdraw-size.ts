import type { SizeEvent } from '../../src/events/costs.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { size, sizeStream } from './size.ts';

export interface WithdrawSize {
  slug: string;
  /** UTC day of the list that lacks it. */
  day: string;
}

/** Records that the provider lists a size no more (spec 5). Unknown and withdrawn ones add nothing. */
export const withdrawSize = defineCommand({
  name: 'withdraw-size',
  aggregate: size,
  stream: (input: WithdrawSize) => sizeStream(input.slug),
  decide(state, { slug, day }, _context: undefined): SizeEvent[] {
    if (state === null || state.withdrawn) return [];
    const { effective_from } = state;
    return [{ type: 'SizeWithdrawn', data: { slug, effective_from, withdrawn_on: day } }];
  },
  result: (state) => state,
});
