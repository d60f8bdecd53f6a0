import type { CustomerEvent } from '../../src/events/parties.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import { customer, customerStream, keyOfProfile, type CustomerProfile } from './customer.ts';
import { inForceOn, isSameFact } from './in-force.ts';

/**
 * Sets a customer's profile from a day on; its personal fields are sealed. What is in force on that day adds
 * nothing. Fields under an erased key are refused: they could not be read.
 */
export const setCustomerProfile = defineCommand({
  name: 'set-customer-profile',
  aggregate: customer,
  stream: (input: CustomerProfile) => customerStream(input.tenant_id),
  decide(state, input, _context: undefined, { today }): CustomerEvent[] | Refusal {
    if (state.erasedKeys.includes(keyOfProfile(input)))
      return refuse('conflict', `${input.tenant_id} was erased while its profile was set; try again`);
    const known = inForceOn(state.profiles, input.effective_from);
    if (known !== null && isSameFact(known, input)) return [];
    const dated = input.effective_from === today ? {} : { effective_at: input.effective_from };
    return [{ type: 'CustomerProfileSet', data: input, ...dated }];
  },
  result: (state, input): CustomerProfile => inForceOn(state.profiles, input.effective_from) ?? input,
});
