import { defineCommand } from '../../src/ledger/command.ts';
import type { TaxEvent } from '../../src/events/catalog.ts';
import { canonicalDecimal } from '../../src/pricing/money.ts';
import { taxRates, taxRatesStream, type TaxRateFrom } from './tax-rates.ts';

/** What a ledger without any general tax rate starts with. */
export interface SeedTaxRates {
  rates: readonly Pick<TaxRateFrom, 'name' | 'rate' | 'effective_from'>[];
}

/**
 * Gives the ledger its first general tax rates. A ledger that has one already is left as it is: if two nodes
 * start at once, the rates of the first one hold.
 */
export const seedTaxRates = defineCommand({
  name: 'seed-tax-rates',
  aggregate: taxRates,
  stream: (_input: SeedTaxRates) => taxRatesStream(null),
  decide(state, { rates }, _context: undefined): TaxEvent[] {
    if (Object.keys(state).length > 0) return [];
    return rates.map(({ name, rate, effective_from }) => ({
      type: 'TaxRateSet',
      data: { name, rate: canonicalDecimal(rate), effective_from, tenant_id: null, reason: null },
      effective_at: effective_from,
    }));
  },
  result: (state) => Object.values(state),
});
