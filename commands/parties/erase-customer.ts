import type { CustomerEvent } from '../../src/events/parties.ts';
import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import { customer, customerStream, keyOfProfile, type CustomerErasure } from './customer.ts';

/**
 * Records that a customer's keys are erased; the process that executes it destroys them afterwards. Keys that
 * were erased before add nothing.
 */
export const eraseCustomer = defineCommand({
  name: 'erase-customer',
  aggregate: customer,
  stream: (input: CustomerErasure) => customerStream(input.tenant_id),
  decide(state, { tenant_id, key_ids, documents_until }): CustomerEvent[] | Refusal {
    const profileKeys = Object.values(state.profiles).map(keyOfProfile);
    const keys = [...new Set([...key_ids, ...profileKeys])].filter((id) => !state.erasedKeys.includes(id));
    if (keys.length > 0)
      return [{ type: 'CustomerErased', data: { tenant_id, key_ids: keys.sort(), documents_until } }];
    return state.lastErasure === null ? refuse('not-found', `there is no customer ${tenant_id}`) : [];
  },
  result: (state, input): CustomerErasure => state.lastErasure ?? input,
});
