import type { Aggregate } from '../../src/ledger/command.ts';
import type { ChargeEvent } from '../../src/events/usage.ts';

/** The stream of one charge. Its id derives from the request: two equal requests are two charges. */
export const chargeStream = (chargeId: string): string => `charge-${chargeId}`;

/** A one-off charge: cents before tax, a discount where they are negative. */
export type ChargeTerms = Extract<ChargeEvent, { type: 'ChargeAdded' }>['data'];

/** A charge as it was added, and why it was taken back (null: it counts). Null before it is added. */
export type ChargeState = (ChargeTerms & { void_reason: string | null }) | null;

export const charge: Aggregate<ChargeState, ChargeEvent> = {
  name: 'charge',
  initialState: null,
  evolve(state, event): ChargeState {
    switch (event.type) {
      case 'ChargeAdded':
        return { ...event.data, void_reason: null };
      case 'ChargeVoided':
        return state === null ? null : { ...state, void_reason: event.data.reason };
    }
  },
};
