import { expect } from 'chai';
import fc from 'fast-check';
import { identifySteps, withLinkSteps, type LineLinks } from '../../../commands/costs/line-links.ts';
import type { CostLine, CostLineMatch } from '../../../src/events/costs.ts';
import { atOnce } from '../../../src/runtime/in-turns.ts';

/** A line of few contents, so that many are equal; the amount says which of them it is. */
const content = fc.record({
  product: fc.constantFrom('Droplets', 'Volumes'),
  group_description: fc.constantFrom(null, 'g'),
  description: fc.constantFrom('a (s)', 'b (s)'),
  started_at: fc.constantFrom(null, '2026-04-01T00:00:00Z'),
});
const numbered = (lines: readonly Partial<CostLine>[]): CostLine[] =>
  lines.map((one, index) => ({
    product: 'Droplets',
    group_description: null,
    description: '',
    hours: null,
    started_at: null,
    ended_at: null,
    amount_cents: 1,
    project_name: null,
    category: null,
    kind: 'droplet',
    name: null,
    is_tax: false,
    provider_resource_id: null,
    ...one,
    line_no: index + 1,
  }));
const keysOf = (lines: readonly CostLine[]) => atOnce(identifySteps(lines)).map(({ key }) => key);
const unmatched = (lines: readonly CostLine[]): CostLineMatch[] =>
  lines.map(({ line_no }) => ({ line_no, resource_id: null, unmatched_reason: 'not-found' }));
const linkedIn = (lines: readonly CostLine[], links: LineLinks): Record<string, string | null> =>
  Object.fromEntries(
    atOnce(withLinkSteps(lines, unmatched(lines), links)).flatMap(({ link_key, resource_id }) =>
      link_key === undefined ? [] : [[link_key, resource_id]],
    ),
  );

const invoice = fc.array(content, { minLength: 1, maxLength: 20 }).chain((lines) =>
  fc.record({
    lines: fc.constant(lines),
    order: fc.shuffledSubarray(
      lines.map((_, index) => index),
      { minLength: lines.length },
    ),
    linked: fc.subarray(lines.map((_, index) => index)),
    dropped: fc.subarray(lines.map((_, index) => index)),
  }),
);

describe('links of cost lines', () => {
  it('have one key a line, whatever the other lines are', () => {
    fc.assert(
      fc.property(invoice, ({ lines }) => {
        const keys = keysOf(numbered(lines));
        expect(new Set(keys).size).to.equal(lines.length);
        expect(keysOf(numbered([...lines, { description: 'another' }])).slice(0, -1)).to.deep.equal(keys);
      }),
      { numRuns: 50 },
    );
  });

  it('hold in any order of the lines, and for other amounts, projects and ids', () => {
    fc.assert(
      fc.property(invoice, ({ lines, order, linked }) => {
        const before = numbered(lines);
        const keys = keysOf(before);
        const links = Object.fromEntries(linked.map((index) => [keys[index] ?? '', `r-${index}`]));
        expect(linkedIn(before, links)).to.deep.equal(links);
        const again = order.map((index) => ({
          ...lines[index],
          amount_cents: 7 + index,
          project_name: 'moved',
          provider_resource_id: String(index),
        }));
        expect(linkedIn(numbered(again), links)).to.deep.equal(links);
      }),
      { numRuns: 50 },
    );
  });

  it('rest while their line is gone, and hold when it is back', () => {
    fc.assert(
      fc.property(invoice, ({ lines, linked, dropped }) => {
        const before = numbered(lines);
        const keys = keysOf(before);
        const links = Object.fromEntries(linked.map((index) => [keys[index] ?? '', null]));
        const rest = numbered(lines.filter((_, index) => !dropped.includes(index)));
        const held = Object.keys(linkedIn(rest, links));
        expect(held.every((key) => keysOf(rest).includes(key) && key in links)).to.equal(true);
        expect(linkedIn(before, links)).to.deep.equal(links);
      }),
      { numRuns: 50 },
    );
  });

  it('never make tax the cost of a resource', () => {
    const tax = numbered([{ description: 'GST', is_tax: true }]);
    const [key = ''] = keysOf(tax);
    expect(linkedIn(tax, { [key]: 'r-1' })).to.deep.equal({});
  });
});
