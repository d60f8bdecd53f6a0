import type { SellerEvent } from '../../src/events/parties.ts';
import type { Aggregate } from '../../src/ledger/command.ts';

/** The seller from a day on. */
export type Seller = SellerEvent['data'];

/** Sellers by the day from which they stand. The latest one set for a day replaces the others. */
export type SellerState = Readonly<Record<string, Seller>>;

export const sellerStream = 'seller';

/** The operator's company. */
export const seller: Aggregate<SellerState, SellerEvent> = {
  name: 'seller',
  initialState: {},
  evolve(state, event): SellerState {
    switch (event.type) {
      case 'SellerSet':
        return { ...state, [event.data.effective_from]: event.data };
    }
  },
};
