import { expect } from 'chai';
import fc from 'fast-check';
import { createKeyHashes, keyHash, sameKey } from '../../../src/read-models/rebuild/key-hashes.ts';

const hash = (...parts: unknown[]) =>
  keyHash(
    parts.map((_, index) => `c${index}`),
    Object.fromEntries(parts.map((part, index) => [`c${index}`, part])),
  );

describe('a set of keys by their hashes', () => {
  it('has every key that was added, however many there are, and knows which ones are new', () => {
    const keys = createKeyHashes();
    const hashes = Array.from({ length: 20_000 }, (_, n) => hash(`deployment-${n % 7}`, n));
    expect(hashes.every((one) => keys.add(one))).to.equal(true);
    expect(hashes.some((one) => keys.add(one))).to.equal(false);
    expect(keys.size).to.equal(20_000);
    expect(hashes.every((one) => keys.mayHave(one))).to.equal(true);
  });

  it('distinguishes keys that differ in one character, in length, or in where one part ends', () => {
    const keys = createKeyHashes();
    for (let n = 0; n < 20_000; n++) keys.add(hash(`deployment-${n}`, '1'));
    const others = Array.from({ length: 20_000 }, (_, n) => [
      hash(`deployment_${n}`, '1'),
      hash(`deployment-${n}1`, ''),
      hash(`deployment-${n}`, '1', ''),
      hash(`deployment-${n}`),
      hash('1', `deployment-${n}`),
    ]).flat();
    expect(others.filter((one) => keys.mayHave(one))).to.deep.equal([]);
  });

  it('distinguishes a text of one unit from the empty one, whatever the unit', () => {
    for (let unit = 1; unit < 128; unit++) expect(hash(String.fromCharCode(unit))).to.not.equal(hash(''));
  });

  it('takes two keys for one just where the database does', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    const stored = (value: string) => value.toWellFormed().replaceAll('\u0000', '\uFFFD');
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(hash(a, b)).to.equal(hash(stored(a), stored(b)));
        expect(sameKey(['x', 'y'], { x: a, y: b }, { x: a, y: c })).to.equal(stored(b) === stored(c));
        expect(hash(a, b) === hash(a, c)).to.equal(stored(b) === stored(c));
      }),
    );
  });
});
