import { defineCommand, type Aggregate } from '../../src/ledger/command.ts';
import { refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { FxEvent } from '../../src/events/catalog.ts';
import { canonicalDecimal, compareDecimals } from '../../src/pricing/money.ts';

/** An exchange rate from a day on: one `from` buys `rate` of `to`. */
export type RateFrom = FxEvent['data'];

/** The rates of a pair, by the day from which they hold. The latest one set for a day replaces the others. */
type FxState = Readonly<Record<string, RateFrom>>;

/** The stream of a pair of currencies (ISO codes). */
const fxStream = (from: string, to: string): string => `fx-${from}-${to}`;

export const fx: Aggregate<FxState, FxEvent> = {
  name: 'fx',
  initialState: {},
  evolve(state, event): FxState {
    switch (event.type) {
      case 'FxRateSet':
        return { ...state, [event.data.effective_from]: event.data };
    }
  },
};

/** The largest rate that is accepted: a larger one would take the margin of a month out of range. */
const mostRate = '1000000';

/** Sets an exchange rate. The same rate for the same day adds nothing. */
export const setFxRate = defineCommand({
  name: 'set-fx-rate',
  aggregate: fx,
  stream: (input: RateFrom) => fxStream(input.from, input.to),
  decide(state, input, _context: undefined, { today }): FxEvent[] | Refusal {
    const { from, to, effective_from } = input;
    const rate = canonicalDecimal(input.rate);
    if (from === to) return refuseField('to', 'must be another currency than from');
    if (rate === '0' || rate.startsWith('-')) return refuseField('rate', 'must be above 0');
    if (compareDecimals(rate, mostRate) > 0) return refuseField('rate', `must be at most ${mostRate}`);
    if (state[effective_from]?.rate === rate) return [];
    return [
      {
        type: 'FxRateSet',
        data: { from, to, rate, effective_from },
        ...(effective_from === today ? {} : { effective_at: effective_from }),
      },
    ];
  },
  result: (_state, input) => ({ ...input, rate: canonicalDecimal(input.rate) }),
});
