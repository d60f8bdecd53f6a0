import { expect } from 'chai';
import { typedAmount } from '../../src/console/typed-amount.ts';

describe('an amount that was typed', () => {
  it('is cents, or says why it is none in the words of the form', () => {
    expect(typedAmount('1,234.5').answer).to.equal('123450');
    expect(typedAmount('10,000,000,000').answer).to.equal('1000000000000');
    for (const [text, fault] of [
      ['', 'has to be filled in'],
      ['12,5x', 'expected an amount such as 78.23'],
      ['1.234', 'expected an amount such as 78.23'],
      ['0.00', 'has to be above zero'],
      ['-5', 'has to be above zero'],
      ['10,000,000,000.01', 'is too large: at most 10,000,000,000.00'],
    ] as const)
      expect(typedAmount(text).refusal?.errors, text).to.deep.equal([
        { path: 'amount_cents', message: fault },
      ]);
  });
});
