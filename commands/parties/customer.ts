import { keyOfSealed, type CustomerEvent } from '../../src/events/parties.ts';
import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';

/** A customer's profile from a day on; its personal fields are sealed. */
export type CustomerProfile = Extract<CustomerEvent, { type: 'CustomerProfileSet' }>['data'];

/** An erasure of a customer's personal data. */
export type CustomerErasure = Extract<CustomerEvent, { type: 'CustomerErased' }>['data'];

export interface CustomerState {
  /** Profiles that are not erased, by the day from which they stand. The latest one set for a day counts. */
  profiles: Readonly<Record<string, CustomerProfile>>;
  /** Every key that was erased. */
  erasedKeys: readonly string[];
  lastErasure: CustomerErasure | null;
}

/** The stream of a tenant's profile. */
export const customerStream = (tenantId: string): string => `customer-${idFrom('customer', tenantId)}`;

/** The key that sealed a profile. */
export const keyOfProfile = ({ legal_name }: Pick<CustomerProfile, 'legal_name'>): string =>
  keyOfSealed(legal_name);

/** A customer. */
export const customer: Aggregate<CustomerState, CustomerEvent> = {
  name: 'customer',
  initialState: { profiles: {}, erasedKeys: [], lastErasure: null },
  evolve(state, event): CustomerState {
    switch (event.type) {
      case 'CustomerProfileSet':
        return { ...state, profiles: { ...state.profiles, [event.data.effective_from]: event.data } };
      case 'CustomerErased':
        return {
          profiles: {},
          erasedKeys: [...state.erasedKeys, ...event.data.key_ids],
          lastErasure: event.data,
        };
    }
  },
};
