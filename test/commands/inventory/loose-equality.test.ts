import { expect } from 'chai';
import { looselyEqual } from '../../../commands/inventory/loose-equality.ts';

describe('loose equality', () => {
  it('compares scalars by their string form and lists as sets', () => {
    expect(looselyEqual(25, '25')).to.equal(true);
    expect(looselyEqual(true, 'true')).to.equal(true);
    expect(looselyEqual(['b', 1, 'a', 'a'], ['a', 'b', '1'])).to.equal(true);
    expect(looselyEqual({ min: 1, max: [2, 3] }, { max: ['3', '2'], min: '1' })).to.equal(true);
    expect(looselyEqual(['a'], ['a', 'b'])).to.equal(false);
    expect(looselyEqual(null, 'null')).to.equal(false);
    expect(looselyEqual('25', '25.0')).to.equal(false);
  });
});
