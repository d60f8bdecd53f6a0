import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { mapBounded } from '../../src/runtime/map-bounded.ts';

const turn = () => nextTurn();

describe('mapBounded', () => {
  it('answers in order, with no more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const doubled = await mapBounded(
      [1, 2, 3, 4, 5, 6, 7],
      async (n) => {
        most = Math.max(most, ++running);
        await turn();
        running--;
        return n * 2;
      },
      3,
    );
    expect(doubled).to.deep.equal([2, 4, 6, 8, 10, 12, 14]);
    expect(most).to.equal(3);
    expect(await mapBounded([], async () => 1)).to.deep.equal([]);
  });

  it('starts nothing after a failure, and throws it when what is under way has ended', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const failing = mapBounded(
      [1, 2, 3, 4, 5],
      async (n) => {
        started.push(n);
        await turn();
        if (n === 1) throw new Error('first');
        await turn();
        ended.push(n);
      },
      2,
    );
    let message = '';
    await failing.catch((error: unknown) => {
      message = error instanceof Error ? error.message : '';
    });
    expect(message).to.equal('first');
    expect(started).to.deep.equal([1, 2]);
    expect(ended).to.deep.equal([2]);
  });
});
