import { setTaxRate } from '../../../../commands/catalog/set-tax-rate.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { generalRate, taxRateSet } from '../../../support/commands/tax-rate-events.ts';

describe('set-tax-rate', () => {
  it('adds nothing for the same rate of the same day', () => {
    given(setTaxRate, [taxRateSet()]).when(generalRate, undefined).then([]);
  });
});
