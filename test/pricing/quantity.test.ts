import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  addQuantities,
  excessOf,
  formatQuantity,
  parseQuantity,
  priceQuantity,
  smallerOf,
  timesQuantity,
} from '../../src/pricing/quantity.ts';
import type { Quantity } from '../../src/pricing/quantity.ts';
import { decimal } from '../support/pricing/arbitraries.ts';

const Wide = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1e9,
  toExpPos: 1e9,
});

function quantityOf(text: string): Quantity {
  const quantity = parseQuantity(text);
  if (quantity === null) throw new Error(`out of range: ${text}`);
  return quantity;
}

function written(quantity: Quantity | null): string | null {
  return quantity === null ? null : formatQuantity(quantity);
}

describe('a quantity', () => {
  it('holds every decimal within the limits and writes it canonically', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(formatQuantity(quantityOf(text))).to.equal(new Wide(text).toFixed());
      }),
    );
  });

  it('refuses what is no plain decimal of at least 0', () => {
    for (const text of ['', '-1', '1.', '.1', '1e3', '1.2x', '1..2', ' 1']) {
      expect(() => parseQuantity(text), text).to.throw(RangeError, 'not a plain decimal');
    }
  });

  it('answers null for what it cannot hold, never a near value', () => {
    expect(parseQuantity('9007199254740992')).to.equal(null);
    expect(parseQuantity('0.0000000000001')).to.equal(null);
    expect(formatQuantity(quantityOf('0.1000000000000'))).to.equal('0.1');
    expect(timesQuantity(quantityOf('9007199254740991'), 2)).to.equal(null);
    expect(addQuantities(quantityOf('9007199254740991.5'), quantityOf('0.5'))).to.equal(null);
    expect(priceQuantity(quantityOf('9007199254740991'), 2, 1)).to.equal(null);
  });

  it('adds, multiplies, exceeds and compares exactly', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.integer({ min: 1, max: 9 }), (a, b, n) => {
        const [x, y] = [quantityOf(a), quantityOf(b)];
        const times = timesQuantity(x, n);
        expect(written(addQuantities(x, y))).to.equal(new Wide(a).plus(b).toFixed());
        if (times !== null) expect(formatQuantity(times)).to.equal(new Wide(a).times(n).toFixed());
        expect(formatQuantity(excessOf(x, y))).to.equal(Wide.max(0, new Wide(a).minus(b)).toFixed());
        expect(formatQuantity(smallerOf(x, y))).to.equal(Wide.min(a, b).toFixed());
      }),
    );
  });

  it('is priced and rounded once, in units of 1 and of 1000', () => {
    fc.assert(
      fc.property(
        decimal,
        fc.integer({ min: 0, max: 9000 }),
        fc.constantFrom(1, 1000),
        (text, price, factor) => {
          const amount = priceQuantity(quantityOf(text), price, factor);
          const expected = new Wide(text).times(price).div(factor).toDecimalPlaces(0).toFixed();
          if (amount !== null) expect(String(amount)).to.equal(expected);
        },
      ),
    );
    expect(priceQuantity(quantityOf('500000'), 1, 1000)).to.equal(500);
    expect(priceQuantity(quantityOf('499.999999999999'), 1, 1000)).to.equal(0);
    expect(priceQuantity(quantityOf('500'), 1, 1000)).to.equal(1);
  });
});
