/** A tax rate, the event that sets it, and the rates that a ledger is seeded with. */
import type { TaxEvent } from '../../../src/events/catalog.ts';

export const generalRate = {
  name: 'GST',
  rate: '0.10',
  effective_from: '2026-04-01',
  tenant_id: null,
  reason: null,
};

export const taxRateSet = (changes: Partial<TaxEvent['data']> = {}): TaxEvent => ({
  type: 'TaxRateSet',
  data: { ...generalRate, rate: '0.1', ...changes },
});

export const seedRates = [
  { name: 'GST', rate: '0.10', effective_from: '2000-01-01' },
  { name: 'VAT', rate: '0.2', effective_from: '2026-05-01' },
];
