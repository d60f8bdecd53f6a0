import { expect } from 'chai';
import { decimalText } from '../../src/digitalocean/decimal-text.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { parseStorableJson } from '../../src/digitalocean/storable-json.ts';

describe('parseStorableJson', () => {
  it('replaces what a Postgres text cannot hold, and nothing else', () => {
    const text = String.raw`{"a":"x\u0000y","b":["\ud800","\udc00z","\ud83d\ude00","é"],"c":1}`;
    expect(parseStorableJson(text)).to.deep.equal({
      a: 'x\uFFFDy',
      b: ['\uFFFD', '\uFFFDz', '😀', 'é'],
      c: 1,
    });
  });

  it('throws as JSON.parse does', () => {
    expect(() => parseStorableJson('{"a":')).to.throw(SyntaxError);
  });
});

describe('canonicalJson', () => {
  it('is the same text whatever the order of the keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).to.equal(
      canonicalJson({ a: true, b: [1, { c: 'x', d: null }] }),
    );
    expect(canonicalJson({ a: [1, 2] })).not.to.equal(canonicalJson({ a: [2, 1] }));
  });
});

describe('decimalText', () => {
  it('is the shortest exact text in plain digits', () => {
    expect([4.1, 12.5, 11, 0.81, 1e-7, 1e21, '4.10'].map(decimalText)).to.deep.equal([
      '4.1',
      '12.5',
      '11',
      '0.81',
      '0.0000001',
      '1000000000000000000000',
      '4.1',
    ]);
  });

  it('refuses what is no finite number', () => {
    expect(() => decimalText(Number.NaN)).to.throw(RangeError);
    expect(() => decimalText(Number.POSITIVE_INFINITY)).to.throw(RangeError);
  });
});
