import { expect } from 'chai';
import { batchLoader } from '../../src/runtime/batch-loader.ts';

describe('a batch loader', () => {
  it('joins the look-ups of one turn, each answered with its own value', async () => {
    const calls: number[][] = [];
    const load = batchLoader(async (keys: readonly number[]) => {
      calls.push([...keys]);
      return keys.map((key) => key * 10);
    });
    expect(await Promise.all([load(1), load(2), load(1)])).to.deep.equal([10, 20, 10]);
    expect(await load(3)).to.equal(30);
    expect(calls).to.deep.equal([[1, 2, 1], [3]]);
  });

  it('splits what is more than one call may hold', async () => {
    const sizes: number[] = [];
    const load = batchLoader(async (keys: readonly number[]) => {
      sizes.push(keys.length);
      return keys;
    }, 3);
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map(load));
    expect(sizes).to.deep.equal([3, 3, 1]);
  });

  it('fails all that shared a call that failed, and nobody after them', async () => {
    let broken = true;
    const load = batchLoader(async (keys: readonly number[]) => {
      if (broken) throw new Error('away');
      return keys;
    });
    const both = await Promise.allSettled([load(1), load(2)]);
    expect(both.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    broken = false;
    expect(await load(4)).to.equal(4);
  });
});
