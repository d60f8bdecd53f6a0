import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { AddonEvent } from '../../src/events/catalog.ts';

/** An addon as it is on sale. */
export type AddonDefinition = AddonEvent['data'];

/** Null before the addon is defined. */
export type AddonState = AddonDefinition | null;

export const addonStream = (code: string): string => `addon-${idFrom('addon', code)}`;

/** An addon: the latest definition is on sale, attachments keep the one they were made with. */
export const addon: Aggregate<AddonState, AddonEvent> = {
  name: 'addon',
  initialState: null,
  evolve(_state, event): AddonState {
    switch (event.type) {
      case 'AddonDefined':
        return event.data;
    }
  },
};
