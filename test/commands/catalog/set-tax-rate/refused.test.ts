import { setTaxRate } from '../../../../commands/catalog/set-tax-rate.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { generalRate } from '../../../support/commands/tax-rate-events.ts';

describe('set-tax-rate', () => {
  it('refuses an exempt tenant without a reason', () => {
    const exempt = { ...generalRate, tenant_id: 'embassy', rate: '0.00' };
    given(setTaxRate).when(exempt, undefined).refused('invalid-input');
    given(setTaxRate)
      .when({ ...exempt, reason: '  ' }, undefined)
      .refused('invalid-input');
  });

  it('refuses a rate below 0 or above 1, and a blank name', () => {
    for (const rate of ['-0.1', '1.01', '10'])
      given(setTaxRate)
        .when({ ...generalRate, rate }, undefined)
        .refused('invalid-input');
    given(setTaxRate)
      .when({ ...generalRate, name: ' ' }, undefined)
      .refused('invalid-input');
  });
});
