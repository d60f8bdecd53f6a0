import { expect } from 'chai';
import { centsCell, csvLine } from '../../src/http/csv.ts';

describe('a line of CSV', () => {
  it('quotes what RFC 4180 wants quoted', () => {
    expect(csvLine(['a', 'b,c', 'd "e"', 'f\ng', null, true, 7])).to.equal(
      'a,"b,c","d ""e""","f\ng",,true,7\r\n',
    );
  });

  it('marks as text what a spreadsheet would run', () => {
    for (const text of ['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1', '=HYPERLINK("x")'])
      expect(csvLine([text]).replaceAll('""', '"').replace(/^"/, '')).to.match(/^'/);
  });

  it('leaves numbers as they are, also negative ones', () => {
    expect(csvLine([centsCell(-7064), centsCell(5), centsCell(0), '-0.5', -3])).to.equal(
      '-70.64,0.05,0.00,-0.5,-3\r\n',
    );
  });
});
