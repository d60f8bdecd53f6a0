/** Which exchange rate a month's costs are converted at (spec 12). */

/** A rate as it was set: an amount in `from` times the rate is the amount in `to`. */
export interface FxRate {
  readonly from: string;
  readonly to: string;
  readonly rate: string;
  readonly effective_from: string;
}

/** The rate that an answer was computed with. Source `default`: no rate was set, so it is 1. */
export interface FxInForce {
  from: string;
  to: string;
  rate: string;
  source: 'default' | 'fx_rate';
}

/**
 * The rate in force on a day: the one with the latest `effective_from` on or before it; of several for one
 * day the last in the list. Without a rate, or from a currency to itself, it is 1.
 */
export function fxInForce(rates: readonly FxRate[], from: string, to: string, day: string): FxInForce {
  let standing: FxRate | undefined;
  for (const rate of rates) {
    if (rate.from !== from || rate.to !== to || rate.effective_from > day || from === to) continue;
    if (standing === undefined || rate.effective_from >= standing.effective_from) standing = rate;
  }
  if (standing === undefined) return { from, to, rate: '1', source: 'default' };
  return { from, to, rate: standing.rate, source: 'fx_rate' };
}
