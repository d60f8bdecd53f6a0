import { expect } from 'chai';
import { setTaxRate } from '../../../../commands/catalog/set-tax-rate.ts';
import { taxRatesStream } from '../../../../commands/catalog/tax-rates.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { generalRate, taxRateSet } from '../../../support/commands/tax-rate-events.ts';

describe('set-tax-rate', () => {
  it('records the rate as a plain decimal, effective from its day', () => {
    given(setTaxRate)
      .when(generalRate, undefined)
      .then([{ ...taxRateSet(), effective_at: '2026-04-01' }]);
  });

  it('replaces the rate of that day by another one, also by an earlier one', () => {
    given(setTaxRate, [taxRateSet()])
      .when({ ...generalRate, rate: '0.15' }, undefined)
      .then([{ ...taxRateSet({ rate: '0.15' }), effective_at: '2026-04-01' }]);
    given(setTaxRate, [taxRateSet(), taxRateSet({ rate: '0.15' })])
      .when(generalRate, undefined)
      .then([{ ...taxRateSet(), effective_at: '2026-04-01' }]);
  });

  it('exempts a tenant with a reason, and sets a general rate of zero without one', () => {
    const exempt = { ...generalRate, tenant_id: 'embassy', rate: '0.00' };
    const recorded = taxRateSet({ tenant_id: 'embassy', rate: '0', reason: 'diplomatic mission' });
    given(setTaxRate)
      .when({ ...exempt, reason: 'diplomatic mission' }, undefined)
      .then([{ ...recorded, effective_at: '2026-04-01' }]);
    given(setTaxRate)
      .when({ ...generalRate, rate: '0' }, undefined)
      .then([{ ...taxRateSet({ rate: '0' }), effective_at: '2026-04-01' }]);
  });

  it('takes a rate of 1', () => {
    given(setTaxRate)
      .when({ ...generalRate, rate: '1.000' }, undefined)
      .then([{ ...taxRateSet({ rate: '1' }), effective_at: '2026-04-01' }]);
  });

  it('keeps the rates of each tenant and the general rates on streams of their own', () => {
    expect(new Set([null, 'a', 'b', ''].map(taxRatesStream)).size).to.equal(4);
  });
});
