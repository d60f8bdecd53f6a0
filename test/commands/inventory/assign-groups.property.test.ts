import { expect } from 'chai';
import fc from 'fast-check';
import { assignGroups } from '../../../commands/inventory/assign-groups.ts';

/** The lowest cost of placing as many as fit, found by trying everything. */
function cheapest(
  members: number[],
  rooms: readonly number[],
  cost: number[][],
): [placed: number, cost: number] {
  const [group, ...rest] = members;
  if (group === undefined) return [0, 0];
  const without = cheapest(rest, rooms, cost);
  return rooms.reduce<[number, number]>((best, room, place) => {
    if (room === 0) return best;
    const left = rooms.map((one, index) => (index === place ? one - 1 : one));
    const [placed, price] = cheapest(rest, left, cost);
    const here: [number, number] = [placed + 1, price + (cost[group]?.[place] ?? 0)];
    return here[0] > best[0] || (here[0] === best[0] && here[1] < best[1]) ? here : best;
  }, without);
}

const count = fc.integer({ min: 0, max: 2 });
const problem = fc.record({
  sizes: fc.array(count, { minLength: 3, maxLength: 3 }),
  rooms: fc.array(count, { minLength: 3, maxLength: 3 }),
  cost: fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }), {
    minLength: 3,
    maxLength: 3,
  }),
});

describe('assign-groups', () => {
  it('places as many as fit, at the lowest cost', () => {
    fc.assert(
      fc.property(problem, ({ sizes, rooms, cost }) => {
        const flow = assignGroups(sizes, rooms, (group, place) => cost[group]?.[place] ?? 0);
        const cells = flow.flatMap((row, group) =>
          row.map((moved, place) => ({ group, place, moved, price: cost[group]?.[place] ?? 0 })),
        );
        const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
        expect(cells.every(({ moved }) => moved >= 0)).to.equal(true);
        sizes.forEach((size, at) => {
          expect(sum(flow[at] ?? [])).to.be.at.most(size);
        });
        rooms.forEach((room, at) => {
          expect(sum(flow.map((row) => row[at] ?? 0))).to.be.at.most(room);
        });
        const members = sizes.flatMap((size, group) => Array<number>(size).fill(group));
        const found = [
          sum(cells.map(({ moved }) => moved)),
          sum(cells.map(({ moved, price }) => moved * price)),
        ];
        expect(found).to.deep.equal(cheapest(members, rooms, cost));
      }),
      { numRuns: 300 },
    );
  });

  it('takes thousands at a time', () => {
    const sizes = Array.from({ length: 60 }, (_, n) => 50 + n);
    const rooms = Array.from({ length: 100 }, (_, n) => 20 + n);
    const flow = assignGroups(sizes, rooms, (group, place) => (group * 7 + place * 3) % 5);
    const placed = flow.flat().reduce((total, one) => total + one, 0);
    expect(placed).to.equal(sizes.reduce((total, one) => total + one, 0));
  });
});
