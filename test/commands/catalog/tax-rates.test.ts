import { expect } from 'chai';
import { seedTaxRates } from '../../../commands/catalog/seed-tax-rates.ts';
import { setTaxRate } from '../../../commands/catalog/set-tax-rate.ts';
import { taxRatesStream } from '../../../commands/catalog/tax-rates.ts';
import type { TaxEvent } from '../../../src/events/catalog.ts';
import { given } from '../../support/commands/command-spec.ts';

const general = { name: 'GST', rate: '0.10', effective_from: '2026-04-01', tenant_id: null, reason: null };
const set = (changes: Partial<TaxEvent['data']> = {}): TaxEvent => ({
  type: 'TaxRateSet',
  data: { ...general, rate: '0.1', ...changes },
});

describe('setting a tax rate', () => {
  it('records it as a plain decimal, effective from its day', () => {
    given(setTaxRate)
      .when(general, undefined)
      .then([{ ...set(), effective_at: '2026-04-01' }]);
  });

  it('adds nothing for the same rate of the same day, and another one for other content', () => {
    given(setTaxRate, [set()]).when(general, undefined).then([]);
    given(setTaxRate, [set()])
      .when({ ...general, rate: '0.15' }, undefined)
      .then([{ ...set({ rate: '0.15' }), effective_at: '2026-04-01' }]);
    given(setTaxRate, [set(), set({ rate: '0.15' })])
      .when(general, undefined)
      .then([{ ...set(), effective_at: '2026-04-01' }]);
  });

  it('exempts a tenant with a reason only', () => {
    const exempt = { ...general, tenant_id: 'embassy', rate: '0.00' };
    given(setTaxRate).when(exempt, undefined).refused('invalid-input');
    given(setTaxRate)
      .when({ ...exempt, reason: '  ' }, undefined)
      .refused('invalid-input');
    const recorded = set({ tenant_id: 'embassy', rate: '0', reason: 'diplomatic mission' });
    given(setTaxRate)
      .when({ ...exempt, reason: 'diplomatic mission' }, undefined)
      .then([{ ...recorded, effective_at: '2026-04-01' }]);
    given(setTaxRate)
      .when({ ...general, rate: '0' }, undefined)
      .then([{ ...set({ rate: '0' }), effective_at: '2026-04-01' }]);
  });

  it('refuses what is no rate and no name', () => {
    for (const rate of ['-0.1', '1.01', '10'])
      given(setTaxRate)
        .when({ ...general, rate }, undefined)
        .refused('invalid-input');
    given(setTaxRate)
      .when({ ...general, rate: '1.000' }, undefined)
      .then([{ ...set({ rate: '1' }), effective_at: '2026-04-01' }]);
    given(setTaxRate)
      .when({ ...general, name: ' ' }, undefined)
      .refused('invalid-input');
  });

  it("keeps each tenant's rates and the general ones on streams of their own", () => {
    expect(new Set([null, 'a', 'b', ''].map(taxRatesStream)).size).to.equal(4);
  });
});

describe('seeding the tax rates', () => {
  const rates = [
    { name: 'GST', rate: '0.10', effective_from: '2000-01-01' },
    { name: 'VAT', rate: '0.2', effective_from: '2026-05-01' },
  ];

  it('records the first ones, and nothing where there is one', () => {
    given(seedTaxRates)
      .when({ rates }, undefined)
      .then([
        { ...set({ effective_from: '2000-01-01' }), effective_at: '2000-01-01' },
        { ...set({ name: 'VAT', rate: '0.2', effective_from: '2026-05-01' }), effective_at: '2026-05-01' },
      ]);
    given(seedTaxRates, [set({ rate: '0.3' })])
      .when({ rates }, undefined)
      .then([]);
  });
});
