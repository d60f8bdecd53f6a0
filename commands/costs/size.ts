import type { SizeEvent, SizeListing } from '../../src/events/costs.ts';
import type { Aggregate } from '../../src/ledger/command.ts';

/** What a listing says of a size. */
export type SizeFacts = Omit<SizeListing, 'slug' | 'effective_from'>;

/** Null before the first listing. */
export type SizeState = { facts: SizeFacts; effective_from: string; withdrawn: boolean } | null;

/** The stream of a size. */
export const sizeStream = (slug: string): string => `size-${slug}`;

export const size: Aggregate<SizeState, SizeEvent> = {
  name: 'size',
  initialState: null,
  evolve(state, event): SizeState {
    switch (event.type) {
      case 'SizeListed': {
        const { slug: _slug, effective_from, ...facts } = event.data;
        return { facts, effective_from, withdrawn: false };
      }
      case 'SizeWithdrawn':
        return state === null ? null : { ...state, withdrawn: true };
    }
  },
};
