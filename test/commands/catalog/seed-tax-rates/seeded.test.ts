import { seedTaxRates } from '../../../../commands/catalog/seed-tax-rates.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { taxRateSet, seedRates } from '../../../support/commands/tax-rate-events.ts';

describe('seed-tax-rates', () => {
  it('records the first rates', () => {
    given(seedTaxRates)
      .when({ rates: seedRates }, undefined)
      .then([
        { ...taxRateSet({ effective_from: '2000-01-01' }), effective_at: '2000-01-01' },
        {
          ...taxRateSet({ name: 'VAT', rate: '0.2', effective_from: '2026-05-01' }),
          effective_at: '2026-05-01',
        },
      ]);
  });
});
