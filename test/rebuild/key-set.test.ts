import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/rebuild/key-set.ts';

describe('a set of keys by their hashes', () => {
  it('has every key that was added, however many there are', () => {
    const keys = createKeySet();
    const texts = Array.from({ length: 20_000 }, (_, n) => `12:deployment-${n % 7}4:${n}`);
    for (const text of texts) keys.add(text);
    expect(keys.size).to.equal(new Set(texts).size);
    expect(texts.filter((text) => !keys.mayHave(text))).to.deep.equal([]);
  });

  it('tells keys apart that differ in one character, in length, or in order', () => {
    const keys = createKeySet();
    for (let n = 0; n < 20_000; n++) keys.add(`12:deployment-${n}`);
    const others = Array.from({ length: 20_000 }, (_, n) => [`12:deployment_${n}`, `12:deployment-${n}\u0000`, `2:deployment-${n}`]).flat();
    expect(others.filter((text) => keys.mayHave(text))).to.deep.equal([]);
  });

  it('counts a key once', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const keys = createKeySet();
      for (const text of [...texts, ...texts]) keys.add(text);
      expect(keys.size).to.equal(new Set(texts).size);
    }));
  });
});
