import { expect } from 'chai';
import { taxesInForce } from '../../src/pricing/tax.ts';

const rate = (effective_from: string, value: string, tenant_id: string | null = null) => ({
  name: 'GST',
  rate: value,
  effective_from,
  tenant_id,
});

describe('the tax in force', () => {
  const rates = [
    rate('2000-01-01', '0.1'),
    rate('2026-07-01', '0.12'),
    rate('2026-04-30', '0.11'),
    rate('2026-06-01', '0', 'embassy'),
    rate('2026-07-01', '0.13'),
    rate('2026-08-01', '0.05', 'embassy'),
  ];
  const on = (day: string, tenant = 'acme') => taxesInForce(rates, day)(tenant)?.rate ?? null;

  it('is the latest that has begun; of two for one day, the one that was set later', () => {
    expect([
      on('1999-12-31'),
      on('2026-04-29'),
      on('2026-04-30'),
      on('2026-06-30'),
      on('2026-07-01'),
    ]).to.deep.equal([null, '0.1', '0.11', '0.11', '0.13']);
  });

  it("is the tenant's own rate instead of the general one, from its first day on", () => {
    const own = ['2026-05-31', '2026-06-01', '2026-07-31', '2026-08-01'].map((day) => on(day, 'embassy'));
    expect(own).to.deep.equal(['0.11', '0', '0', '0.05']);
  });
});
