import type { SellerEvent } from '../../src/events/parties.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { inForceOn, isSameFact } from './in-force.ts';
import { seller, sellerStream, type Seller } from './seller.ts';

/** Sets the seller from a day on. What is in force on that day adds nothing. */
export const setSeller = defineCommand({
  name: 'set-seller',
  aggregate: seller,
  stream: (_input: Seller) => sellerStream,
  decide(state, input, _context: undefined, { today }): SellerEvent[] {
    const known = inForceOn(state, input.effective_from);
    if (known !== null && isSameFact(known, input)) return [];
    const dated = input.effective_from === today ? {} : { effective_at: input.effective_from };
    return [{ type: 'SellerSet', data: input, ...dated }];
  },
  result: (state, input): Seller => inForceOn(state, input.effective_from) ?? input,
});
