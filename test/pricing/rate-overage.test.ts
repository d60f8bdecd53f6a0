import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { rateOverage } from '../../src/pricing/rate-overage.ts';
import { decimal } from '../support/pricing/arbitraries.ts';

const Wide = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1e9,
  toExpPos: 1e9,
});

/** Beyond the input limits too: sums of a month's usage may be larger and finer than any single quantity. */
const anyQuantity = fc.oneof(decimal, fc.stringMatching(/^\d{1,18}\.\d{1,16}$/));
const anyPrice = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 9000, max: 50_000_000 }));

describe('rateOverage', () => {
  it('is exact at every size: equal to decimal.js, or an error beyond the safe integers', () => {
    fc.assert(
      fc.property(
        anyQuantity,
        anyQuantity,
        fc.option(anyQuantity, { nil: null }),
        anyPrice,
        fc.constantFrom(1, 1000),
        anyQuantity,
        fc.integer({ min: 1, max: 1_000_000 }),
        (used, included, cap, priceCents, factor, pack, packs) => {
          const question = {
            resource_kind: 'k',
            used,
            included,
            hard_cap_qty: cap,
            price_cents: priceCents,
            factor,
          };
          const addon = { code: 'a', resource_kind: 'k', qty: pack, packs, price_cents: 0 };
          for (const addons of [[], [addon], [{ ...addon, resource_kind: 'other' }]]) {
            const own = addons.filter((one) => one.resource_kind === 'k').length * packs;
            const allowance = new Wide(included).plus(new Wide(pack).times(own));
            const excess = new Wide(used).minus(allowance);
            const overage = Wide.max(0, cap === null ? excess : Wide.min(excess, cap));
            const amount = overage.times(priceCents).div(factor).toDecimalPlaces(0);
            if (overage.isZero()) expect(rateOverage(question, addons)).to.equal(null);
            else if (amount.gt(Number.MAX_SAFE_INTEGER))
              expect(() => rateOverage(question, addons)).to.throw(RangeError, 'safe integers');
            else {
              expect(rateOverage(question, addons)).to.include({
                used: new Wide(used).toFixed(),
                allowance: allowance.toFixed(),
                overage_qty: overage.toFixed(),
                amount_cents: amount.toNumber(),
              });
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts a quantity exactly at the allowance as no overage', () => {
    const question = {
      resource_kind: 'k',
      used: '10.000',
      included: '10',
      hard_cap_qty: null,
      price_cents: 5,
      factor: 1,
    };
    expect(rateOverage(question, [])).to.equal(null);
    expect(rateOverage({ ...question, used: '10.1' }, [])).to.include({
      overage_qty: '0.1',
      amount_cents: 1,
    });
  });
});
