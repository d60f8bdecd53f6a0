import { expect } from 'chai';
import { MAX_APPEND_BYTES } from '../../../../src/journal/event-log.ts';
import { usageRecords, appendsOf, partNumbers } from '../../../support/commands/metered-day.ts';

describe('meter-deployment-day', () => {
  it('splits a set into parts of at most 500, in one append while they fit', () => {
    const [append, ...more] = appendsOf([], usageRecords(1_200));
    expect(more).to.deep.equal([]);
    expect(partNumbers(append ?? [])).to.deep.equal([
      [1, 1, 3, 500],
      [1, 2, 3, 500],
      [1, 3, 3, 200],
    ]);
  });

  it('stores what exceeds one append in several, each below the limit of the log', () => {
    const appends = appendsOf([], usageRecords(20_000));
    expect(appends.length).to.be.greaterThan(1);
    for (const append of appends)
      expect(Buffer.byteLength(JSON.stringify(append))).to.be.lessThan(MAX_APPEND_BYTES * 0.9);
    expect(partNumbers(appends.flat())).to.deep.equal(
      Array.from({ length: 40 }, (_, part) => [1, part + 1, 40, 500]),
    );
    expect(appends.flat().flatMap(({ data }) => data.observations)).to.deep.equal(usageRecords(20_000));
  });
});
