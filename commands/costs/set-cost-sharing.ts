import type { CostSharingEvent } from '../../src/events/costs.ts';
import { defineCommand, type Aggregate } from '../../src/ledger/command.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';

/** The rule by which costs are shared, from a day on. */
export type SharingFrom = CostSharingEvent['data'];

/** The rules by the day from which they hold. The latest one set for a day replaces the others. */
type SharingState = Readonly<Record<string, SharingFrom>>;

export const costSharing: Aggregate<SharingState, CostSharingEvent> = {
  name: 'cost-sharing',
  initialState: {},
  evolve(state, event): SharingState {
    switch (event.type) {
      case 'CostSharingSet':
        return { ...state, [event.data.effective_from]: event.data };
    }
  },
};

/** Each kind once, in order. */
const normalised = (input: SharingFrom): SharingFrom => ({
  rule: input.rule,
  kinds: input.kinds === null ? null : [...new Set(input.kinds)].sort(),
  tax_is_cost: input.tax_is_cost,
  effective_from: input.effective_from,
});

/** Sets how costs of no tenant are shared. The same rule for the same day adds nothing. */
export const setCostSharing = defineCommand({
  name: 'set-cost-sharing',
  aggregate: costSharing,
  stream: () => 'cost-sharing',
  decide(state, input: SharingFrom, _context: undefined, { today }): CostSharingEvent[] {
    const data = normalised(input);
    const standing = state[data.effective_from];
    if (standing !== undefined && canonicalJson(standing) === canonicalJson(data)) return [];
    const { effective_from } = data;
    return [
      { type: 'CostSharingSet', data, ...(effective_from === today ? {} : { effective_at: effective_from }) },
    ];
  },
  result: (_state, input) => normalised(input),
});
