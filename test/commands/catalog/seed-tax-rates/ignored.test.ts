import { seedTaxRates } from '../../../../commands/catalog/seed-tax-rates.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { taxRateSet, seedRates } from '../../../support/commands/tax-rate-events.ts';

describe('seed-tax-rates', () => {
  it('adds nothing where there is a rate', () => {
    given(seedTaxRates, [taxRateSet({ rate: '0.3' })])
      .when({ rates: seedRates }, undefined)
      .then([]);
  });
});
