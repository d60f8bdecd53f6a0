import { expect } from 'chai';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  addCents,
  addDecimals,
  canonicalDecimal,
  compareDecimals,
  convertCents,
  decimalFromNumber,
  multiplyCents,
  multiplyDecimals,
  multiplyDivideRound,
  roundToCents,
  shiftDecimal,
  subtractDecimals,
  sumCents,
  sumDecimals,
} from '../../src/pricing/money.ts';
import { isPlainDecimal, roundDecimal } from '../../src/pricing/decimals.ts';
import { divideRound } from '../../src/pricing/rounding.ts';
import { decimal } from '../support/pricing/arbitraries.ts';

const Wide = Decimal.clone({
  precision: 120,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -1e9,
  toExpPos: 1e9,
});
const anySafe = fc.oneof(fc.integer(), fc.maxSafeInteger());
const divisor = fc.oneof(
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);

describe('the rounding rule', () => {
  it('rounds halves away from zero, for positive and negative numbers', () => {
    const rounded = [
      [1, 2],
      [-1, 2],
      [3, 2],
      [-3, 2],
      [5, 10],
      [4, 10],
      [-4, 10],
      [0, 7],
    ] as const;
    expect(rounded.map(([n, d]) => Number(divideRound(BigInt(n), BigInt(d))))).to.deep.equal([
      1, -1, 2, -2, 1, 0, 0, 0,
    ]);
  });

  it('is symmetric about zero', () => {
    fc.assert(
      fc.property(anySafe, divisor, (n, d) => {
        const [big, by] = [BigInt(n), BigInt(d)];
        expect(divideRound(-big, by) + divideRound(big, by)).to.equal(0n);
      }),
    );
  });

  it('gives the same as decimal.js', () => {
    fc.assert(
      fc.property(anySafe, divisor, (n, d) => {
        const expected = new Wide(n).div(d).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toFixed();
        expect(divideRound(BigInt(n), BigInt(d))).to.equal(BigInt(expected));
      }),
    );
  });
});

describe('cents', () => {
  it('multiplies and divides exactly, whatever the size of the product', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.nat({ max: 31 }),
        fc.integer({ min: 31, max: 40 }),
        (amount, a, b) => {
          const expected = new Wide(amount)
            .times(a)
            .div(b)
            .toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
            .toFixed();
          expect(BigInt(multiplyDivideRound(amount, a, b))).to.equal(BigInt(expected));
        },
      ),
    );
  });

  it('prorates the golden first month: 12 of 31 days', () => {
    expect([multiplyDivideRound(5000, 12, 31), multiplyDivideRound(750, 12, 31)]).to.deep.equal([1935, 290]);
  });

  it('throws beyond the safe integers', () => {
    const largest = Number.MAX_SAFE_INTEGER;
    expect(() => addCents(largest, 1)).to.throw(RangeError, 'safe integer');
    expect(() => addCents(0.5, 1)).to.throw(RangeError, '0.5');
    expect(() => sumCents([largest, largest])).to.throw(RangeError);
    expect(() => multiplyCents(largest, 2)).to.throw(RangeError);
    expect(() => multiplyDivideRound(largest, 3, 2)).to.throw(RangeError, 'beyond the safe integers');
    expect(() => multiplyDivideRound(1, 1, 0)).to.throw(RangeError, 'divisor');
    expect(() => convertCents(largest, '1.1')).to.throw(RangeError);
    expect(() => roundToCents('99999999999999999')).to.throw(RangeError);
  });

  it('converts at a decimal rate and rounds once', () => {
    expect(convertCents(8692, '1')).to.equal(8692);
    expect(convertCents(311, '1.5234')).to.equal(474);
    expect(convertCents(-311, '1.5234')).to.equal(-474);
    expect(convertCents(5, '0.10')).to.equal(1);
    expect(convertCents(-5, '0.10')).to.equal(-1);
  });

  it('rounds exact charges to cents', () => {
    expect(['0.5', '0.499999999999', '-0.5', '1234.5000'].map(roundToCents)).to.deep.equal([1, 0, -1, 1235]);
  });
});

describe('decimal strings', () => {
  it('have one canonical form', () => {
    const given = ['007.10', '0', '-0.00', '5.000', '0.000000000001', '-12.30', '100'];
    expect(given.map(canonicalDecimal)).to.deep.equal([
      '7.1',
      '0',
      '0',
      '5',
      '0.000000000001',
      '-12.3',
      '100',
    ]);
  });

  it('refuse everything but plain digits', () => {
    const refused = ['', ' 1', '1e3', '.5', '5.', '+1', '1,000', '0x1', 'NaN', '1.2.3', '١'];
    expect(refused.filter(isPlainDecimal)).to.deep.equal([]);
    for (const text of refused)
      expect(() => canonicalDecimal(text), text).to.throw(RangeError, 'not a plain decimal');
  });

  it('add, subtract, multiply and compare as decimal.js does at full width', () => {
    const signed = fc.tuple(decimal, fc.boolean()).map(([text, negative]) => (negative ? `-${text}` : text));
    fc.assert(
      fc.property(signed, signed, (a, b) => {
        expect(addDecimals(a, b)).to.equal(new Wide(a).plus(b).plus(0).toFixed());
        expect(subtractDecimals(a, b)).to.equal(new Wide(a).minus(b).plus(0).toFixed());
        expect(new Wide(multiplyDecimals(a, b)).eq(new Wide(a).times(b))).to.equal(true);
        expect(compareDecimals(a, b)).to.equal(new Wide(a).comparedTo(b));
      }),
    );
  });

  it('sum exactly, small and large, positive and negative', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(decimal, fc.stringMatching(/^-?\d{1,25}\.\d{1,15}$/))), (list) => {
        const expected = list.reduce((sum, text) => sum.plus(text), new Wide(0));
        expect(new Wide(sumDecimals(list)).eq(expected)).to.equal(true);
        expect(sumDecimals(list)).to.equal(canonicalDecimal(sumDecimals(list)));
      }),
    );
    expect(sumDecimals([])).to.equal('0');
    expect(sumDecimals(Array.from({ length: 10 }, () => '0.1'))).to.equal('1');
  });

  it('round half away from zero at any place, and shift their point', () => {
    expect(roundDecimal('0.645161290323', 2)).to.equal('0.65');
    expect(roundDecimal('-0.005', 2)).to.equal('-0.01');
    expect(roundDecimal('2', 2)).to.equal('2');
    expect(shiftDecimal('1500000.5', 3)).to.equal('1500.0005');
    expect(shiftDecimal('0.10', -2)).to.equal('10');
  });

  it('keep JSON numbers as their senders wrote them', () => {
    expect([0.1, 1e-7, 12.5, 1e21, 30].map(decimalFromNumber)).to.deep.equal([
      '0.1',
      '0.0000001',
      '12.5',
      '1000000000000000000000',
      '30',
    ]);
    expect(() => decimalFromNumber(NaN)).to.throw(RangeError);
  });
});
