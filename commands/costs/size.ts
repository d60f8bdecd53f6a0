import type { SizeEvent } from '../../src/events/costs.ts';
import type { Aggregate } from '../../src/ledger/command.ts';

/** A size as it is listed: cents of its currency a month, an exact decimal of the currency's unit an hour. */
export interface SizeFacts {
  monthly_cents: number;
  hourly: string;
  currency: string;
  memory_mb: number;
  vcpus: number;
  disk_gb: number;
  available: boolean;
}

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
