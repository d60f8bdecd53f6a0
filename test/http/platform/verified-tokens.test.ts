import { expect } from 'chai';
import { anonymous } from '../../../src/http/caller.ts';
import { createVerifiedTokens } from '../../../src/http/verified-tokens.ts';

describe('verified tokens', () => {
  it('are known for a minute, or until they expire if that is sooner', () => {
    let now = 1_000_000;
    const tokens = createVerifiedTokens(() => now);
    tokens.add('Bearer a', anonymous, { exp: 1_030 });
    tokens.add('Bearer b', anonymous, { exp: 9_999 });
    expect(tokens.find('Bearer c')).to.equal(undefined);
    now += 29_999;
    expect(tokens.find('Bearer a')).to.equal(anonymous);
    now += 1;
    expect(tokens.find('Bearer a')).to.equal(undefined);
    expect(tokens.find('Bearer b')).to.equal(anonymous);
    now += 30_000;
    expect(tokens.find('Bearer b')).to.equal(undefined);
  });

  it('are no more than a process can hold: the oldest are forgotten', () => {
    const tokens = createVerifiedTokens(() => 0);
    for (let n = 0; n <= 5_000; n++) tokens.add(`Bearer ${n}`, anonymous, { exp: 100 });
    expect(tokens.find('Bearer 0')).to.equal(undefined);
    expect(tokens.find('Bearer 1')).to.equal(anonymous);
    expect(tokens.find('Bearer 5000')).to.equal(anonymous);
  });
});
