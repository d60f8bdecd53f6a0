import { defineCommand, type Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { ResourcePriceEvent } from '../../src/events/catalog.ts';
import { overageUnits } from '../../src/pricing/types.ts';

/** The price of a kind from a day on. */
export type PriceFrom = ResourcePriceEvent['data'];

/**
 * The prices of a kind, by the day from which they hold. The latest one set for a day replaces the others.
 */
type ResourcePriceState = Readonly<Record<string, PriceFrom>>;

/** The stream of a resource kind's prices. */
const resourcePriceStream = (kind: string): string => `resource-price-${idFrom('resource-price', kind)}`;

const resourcePrice: Aggregate<ResourcePriceState, ResourcePriceEvent> = {
  name: 'resource-price',
  initialState: {},
  evolve(state, event): ResourcePriceState {
    switch (event.type) {
      case 'ResourcePriceSet':
        return { ...state, [event.data.effective_from]: event.data };
    }
  },
};

/** Sets the price of a unit of a kind that no plan covers. The same price for the same day adds nothing. */
export const setResourcePrice = defineCommand({
  name: 'set-resource-price',
  aggregate: resourcePrice,
  stream: (input: PriceFrom) => resourcePriceStream(input.resource_kind),
  decide(
    state,
    { resource_kind, unit, price_cents, effective_from },
    _context: undefined,
    { today },
  ): ResourcePriceEvent[] | Refusal {
    if (!Object.hasOwn(overageUnits, unit))
      return refuseField('unit', `must be one of ${Object.keys(overageUnits).join(', ')}`);
    const known = state[effective_from];
    if (known?.unit === unit && known.price_cents === price_cents) return [];
    return [
      {
        type: 'ResourcePriceSet',
        data: { resource_kind, unit, price_cents, effective_from },
        ...(effective_from === today ? {} : { effective_at: effective_from }),
      },
    ];
  },
  result: (_state, input) => input,
});
