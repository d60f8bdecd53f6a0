import { expect } from 'chai';
import { knownSum } from '../../src/invoicing/drift-money.ts';
import { marginAtSize, monthlyDelta } from '../../src/pricing/size-price.ts';

const usd = (monthly_cents: number) => ({ monthly_cents, currency: 'USD' });
const at = (rate: string) => ({
  currency: 'AUD',
  fx: { from: 'USD', to: 'AUD', rate, source: 'fx_rate' as const },
});

describe('the price of a size', () => {
  it('is what the live size costs more, rounded once', () => {
    expect(monthlyDelta({ actual: usd(1200), desired: usd(600) }, at('1.5234'))).to.equal(914);
    expect(monthlyDelta({ actual: usd(600), desired: usd(1200) }, at('1.5234'))).to.equal(-914);
    expect(monthlyDelta({ actual: usd(600), desired: usd(600) }, at('1.5'))).to.equal(0);
    // Each rounded by itself would be 2 - 2.
    expect(monthlyDelta({ actual: usd(2), desired: usd(1) }, at('0.5'))).to.equal(1);
    const mixed = { actual: { monthly_cents: 1000, currency: 'AUD' }, desired: usd(600) };
    expect(monthlyDelta(mixed, at('1.5'))).to.equal(100);
  });

  it('refuses a currency without a rate', () => {
    const pair = { actual: { monthly_cents: 1, currency: 'EUR' }, desired: usd(1) };
    expect(() => monthlyDelta(pair, at('1'))).to.throw(RangeError);
  });

  it('stands in the margin for what the resource cost', () => {
    const month = { revenue_cents: 5000, cogs_cents: 2000, resource_cents: 300 };
    expect(marginAtSize(month, usd(600), at('1.5'))).to.deep.equal({
      cogs_cents: 2600,
      margin_cents: 2400,
      margin_pct: 48,
    });
    expect(marginAtSize({ ...month, revenue_cents: 0 }, usd(600), at('1')).margin_pct).to.equal(null);
  });

  it('adds up what is known', () => {
    expect(knownSum([])).to.equal(null);
    expect(knownSum([null])).to.equal(null);
    expect(knownSum([600, null, -200])).to.equal(400);
  });
});
