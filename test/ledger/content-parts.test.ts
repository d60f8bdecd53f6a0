import { expect } from 'chai';
import fc from 'fast-check';
import { contentHash, hashOfTexts, MAX_PART_BYTES, splitIntoParts } from '../../src/ledger/content-parts.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { MAX_APPEND_BYTES } from '../../src/journal/event-log.ts';

const size = (part: readonly unknown[]) =>
  part.reduce<number>((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)) + 1, 0);

describe('parts', () => {
  it('keep all items in order, none empty but the only one, within both limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer()), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 200 }),
        (items, maxItems, maxBytes) => {
          const parts = splitIntoParts<unknown>(items, maxItems, maxBytes);
          expect(parts.flat()).to.deep.equal(items);
          expect(parts.filter((part) => part.length === 0)).to.have.length(items.length === 0 ? 1 : 0);
          for (const part of parts) {
            expect(part.length).to.be.at.most(maxItems);
            // An item that is too large by itself has a part of its own.
            if (part.length > 1) expect(size(part)).to.be.at.most(maxBytes);
          }
          // No part could have taken the first item of the next one.
          for (const [index, part] of parts.slice(0, -1).entries()) {
            const next = parts[index + 1]?.[0];
            expect(part.length === maxItems || size([...part, next]) > maxBytes).to.equal(true);
          }
        },
      ),
    );
  });

  it('end at the same items by canonical JSON, under the hash of the list', () => {
    fc.assert(
      fc.property(fc.array(fc.object({ maxDepth: 1 }), { maxLength: 20 }), (objects) => {
        const items = JSON.parse(JSON.stringify(objects)) as unknown[];
        const texts = items.map(canonicalJson);
        expect(splitIntoParts(items, 5, 200, (_item, index) => texts[index] as string)).to.deep.equal(
          splitIntoParts(items, 5, 200),
        );
        expect(hashOfTexts(texts)).to.equal(contentHash(items));
      }),
    );
  });

  it('record nothing as one empty part', () => {
    expect(splitIntoParts([])).to.deep.equal([[]]);
  });

  it('count bytes, not characters', () => {
    expect(splitIntoParts(['éé', 'éé'], Infinity, 13)).to.deep.equal([['éé'], ['éé']]);
    expect(splitIntoParts(['ee', 'ee'], Infinity, 13)).to.deep.equal([['ee', 'ee']]);
  });

  it('leave room for metadata in an append', () => {
    expect(MAX_PART_BYTES).to.be.at.most(MAX_APPEND_BYTES / 2);
    const parts = splitIntoParts(
      Array.from({ length: 20_000 }, (_, line) => ({ line, description: 'x'.repeat(80) })),
    );
    expect(parts.length).to.be.greaterThan(1);
    for (const part of parts)
      expect(Buffer.byteLength(JSON.stringify(part))).to.be.at.most(MAX_PART_BYTES + 2);
  });
});

describe('the name of content', () => {
  it('is the same whatever the order of keys, at any depth', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).to.equal('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(contentHash({ b: { y: 1, x: 2 }, a: 1 })).to.equal(contentHash({ a: 1, b: { x: 2, y: 1 } }));
  });

  it('differs with every value, with order in a list, and with null against nothing', () => {
    const contents: unknown[] = [
      { a: 1 },
      { a: '1' },
      { a: null },
      {},
      { a: [1, 2] },
      { a: [2, 1] },
      { A: 1 },
      { a: { b: 1 } },
      [],
      null,
      '',
    ];
    expect(new Set(contents.map(contentHash)).size).to.equal(contents.length);
  });

  it('is 32 hexadecimal digits of SHA-256, for ever: streams are named by it', () => {
    expect(contentHash([])).to.equal('4f53cda18c2baa0c0354bb5f9a3ecbe5');
    expect(contentHash({ a: 'é' })).to.match(/^[0-9a-f]{32}$/);
  });

  it('survives being read back from JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentHash(JSON.parse(JSON.stringify(value)))).to.equal(contentHash(value));
      }),
    );
  });
});
