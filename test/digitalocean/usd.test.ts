import { expect } from 'chai';
import fc from 'fast-check';
import { UsdFormatError, usdToCents } from '../../src/digitalocean/usd.ts';

describe('usdToCents', () => {
  const exact: readonly (readonly [string, number])[] = [
    ['$3.11', 311],
    ['3.11', 311],
    ['-$1.00', -100],
    ['$-1.00', -100],
    ['-21.04', -2104],
    ['$1,234.56', 123456],
    ['-$1,234,567.89', -123456789],
    ['$0.00', 0],
    ['-$0.00', 0],
    ['$7', 700],
    ['$7.5', 750],
    [' $3.11 ', 311],
    ['$90,071,992,547,409.91', Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, cents] of exact) {
    it(`reads ${JSON.stringify(text)} as ${String(cents)}`, () => {
      expect(Object.is(usdToCents(text), cents)).to.equal(true);
    });
  }

  for (const text of [
    '',
    '$',
    '$3.111',
    '--3.11',
    '-$-3.11',
    '$1,23.00',
    '1,2345.00',
    '3.',
    '.5',
    '3e2',
    'NaN',
    '(3.11)',
    '€3.11',
    '$3.11 USD',
    '$90,071,992,547,409.92',
    '٣',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => usdToCents(text)).to.throw(UsdFormatError);
    });
  }

  it('gives back every amount that is written with grouped thousands', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }), (cents) => {
        const digits = String(Math.abs(cents)).padStart(3, '0');
        const dollars = digits.slice(0, -2).replace(/\B(?=(?:\d{3})+$)/g, ',');
        const text = `${cents < 0 ? '-' : ''}$${dollars}.${digits.slice(-2)}`;
        expect(usdToCents(text)).to.equal(cents);
      }),
    );
  });
});
