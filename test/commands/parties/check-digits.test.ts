import { expect } from 'chai';
import fc from 'fast-check';
import { isAbn, isIban } from '../../../commands/parties/check-digits.ts';

const abns = ['51824753556', '83914571673', '53004085616', '33102417032'];
const ibans = [
  'DE89370400440532013000',
  'GB82WEST12345698765432',
  'NO9386011117947',
  'MT84MALT011000012345MTLCAST001S',
];

/** A text with one of its digits changed. */
const changed = (text: string) =>
  fc
    .tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 9 }))
    .filter(([at]) => /\d/.test(text[at] ?? ''))
    .map(([at, by]) => `${text.slice(0, at)}${(Number(text[at]) + by) % 10}${text.slice(at + 1)}`);

describe('check digits', () => {
  it('hold for numbers that exist', () => {
    expect(abns.filter(isAbn)).to.deep.equal(abns);
    expect(ibans.filter(isIban)).to.deep.equal(ibans);
  });

  it('find every digit that is changed', () => {
    for (const abn of abns) fc.assert(fc.property(changed(abn), (other) => !isAbn(other)));
    for (const iban of ibans) fc.assert(fc.property(changed(iban), (other) => !isIban(other)));
  });

  it('refuse other forms', () => {
    expect(['', '5182475355', '518247535566', '5182475355a', '00000000000'].filter(isAbn)).to.deep.equal([]);
    expect(
      ['', 'DE', 'de89370400440532013000', 'DE89 3704', '89DE370400440532013000'].filter(isIban),
    ).to.deep.equal([]);
  });
});
