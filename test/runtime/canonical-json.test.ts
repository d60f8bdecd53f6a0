import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';

/** What hashes of stored content were made of at all times. */
const byReplacer = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

/** Few keys, so that objects with the same first key and other keys behind it are frequent. */
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', 'B', '10', '9', '01', '-1', '4294967295', '__proto__', 'é', '"', ''),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0000', '\ud800', 'a\udc00', '\\', '"', '\u2028', '😀', '\u007f'),
    fc.double(),
    fc.constantFrom(null, true, false, undefined, -0, 1e21, Number.MAX_SAFE_INTEGER),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

describe('canonical JSON', () => {
  it('is what JSON.stringify writes of objects with sorted keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).to.equal(byReplacer(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('has whole numbers in front, as objects hold them', () => {
    expect(canonicalJson({ b: 1, 10: 2, a: 3, 9: 4 })).to.equal('{"9":4,"10":2,"a":3,"b":1}');
  });

  it('is the same for objects with the same first key and others behind it, in any order', () => {
    for (let times = 0; times < 2; times++) {
      expect(canonicalJson({ z: 1, b: 2, a: 3 })).to.equal('{"a":3,"b":2,"z":1}');
      expect(canonicalJson({ z: 1, a: 3 })).to.equal('{"a":3,"z":1}');
      expect(canonicalJson({ z: 1, a: 3, b: 2 })).to.equal('{"a":3,"b":2,"z":1}');
      expect(canonicalJson({ z: undefined, a: 3 })).to.equal('{"a":3}');
    }
  });

  it('has dates and other objects as JSON has them', () => {
    const at = new Date('2026-04-01T00:00:00Z');
    class Point {
      y = 1;
      x = 2;
    }
    expect(canonicalJson([at, new Point(), new Map([[1, 2]]), Object.create(null)])).to.equal(
      '["2026-04-01T00:00:00.000Z",{"x":2,"y":1},{},{}]',
    );
  });
});
