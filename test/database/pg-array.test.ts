import { expect } from 'chai';
import fc from 'fast-check';
import type { Sql } from '../../src/database/db.ts';
import { jsonbText, plainArray, storedText, textArray } from '../../src/database/pg-array.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';

describe('array literals', () => {
  let database: TestDatabase;
  let sql: Sql;
  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });
  after(() => database.drop());

  it('are read by Postgres as the very texts, in order, null apart from the word NULL', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'NULL',
        'null',
        '',
        ' ',
        '{',
        '}',
        ',',
        '"',
        '\\',
        '\\"',
        '\n',
        '😀',
        'a\u0000b',
        '\uD800',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
        // Row by row: the library reads NULL inside of an array as text.
        const rows = await sql<
          { value: string | null }[]
        >`select value from unnest(${textArray(values)}::text::text[]) with ordinality as u(value, n)
          order by n`;
        expect(rows.map((row) => row.value)).to.deep.equal(
          values.map((value) => (value === null ? null : storedText(value))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('of plain values keep numbers, booleans, decimals and days exact', async () => {
    const rows = await sql`
      select i, b, q, d from unnest(${plainArray([Number.MAX_SAFE_INTEGER, null, -1])}::text::bigint[],
        ${plainArray([true, false, null])}::text::boolean[],
        ${plainArray(['0.000000000001', null, '-3.50'])}::text::numeric[],
        ${plainArray([null, '2026-04-30', '2000-02-29'])}::text::date[]) as u(i, b, q, d)`;
    expect([...rows]).to.deep.equal([
      { i: 9007199254740991, b: true, q: '0.000000000001', d: null },
      { i: null, b: false, q: null, d: '2026-04-30' },
      { i: -1, b: null, q: '-3.50', d: '2000-02-29' },
    ]);
  });

  it('of nothing are empty arrays', async () => {
    expect(textArray([])).to.equal('{}');
    expect(plainArray([])).to.equal('{}');
  });
});

describe('text that Postgres can keep', () => {
  it('is left as it is, but for U+0000 and lone surrogates', () => {
    for (const fine of ['', 'a', 'é', '😀', '\u0001', '\uFFFF']) expect(storedText(fine)).to.equal(fine);
    expect(storedText('a\u0000b')).to.equal('a\uFFFDb');
    expect(storedText('\uD83Da\uDE00')).to.equal('\uFFFDa\uFFFD');
  });

  it('as JSON is cleaned in values and keys, at any depth, and only where it has to be', () => {
    expect(jsonbText({ a: ['x', 1, null, true] })).to.equal('{"a":["x",1,null,true]}');
    expect(jsonbText({ 'k\u0000': [{ in: 'v\uD800' }] })).to.equal('{"k\uFFFD":[{"in":"v\uFFFD"}]}');
    // A backslash before u0000 is text of its own, not an escape.
    expect(JSON.parse(jsonbText({ a: '\\u0000' }))).to.deep.equal({ a: '\\u0000' });
    expect(jsonbText('😀')).to.equal('"😀"');
  });
});
