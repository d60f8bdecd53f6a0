import { expect } from 'chai';
import { atOnce } from '../../../src/runtime/in-turns.ts';
import { contentHash, listHashSteps } from '../../../src/ledger/content-parts.ts';
import fc from 'fast-check';
import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import { costLinesInParts, costMatchesInParts, type PartSet } from '../../../commands/costs/cost-parts.ts';
import { parseInvoiceCsv } from '../../support/digitalocean/parse-invoice-csv.ts';
import { costPartEvents, type CostLine } from '../../../src/events/costs.ts';
import { invoiceCsv, type CsvStyle } from '../../../simulators/digitalocean/index.ts';

const uuid = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const rows = [
  {
    product: 'Droplets',
    description: 'git, "the" one (s-1vcpu-1gb)',
    usd: '$1,234.56',
    project_name: 'pilot',
  },
  { product: 'Credits', description: 'Credit', usd: '-$1.00', hours: '' },
  { product: 'Taxes', description: 'GST (10.0%)', usd: '$0.16', hours: '' },
];
const hashOf = (style: CsvStyle) =>
  atOnce(costLinesInParts(uuid, atOnce(costLineSteps(parseInvoiceCsv(invoiceCsv(rows, style)).lines, null))))
    .hash;
const linesOf = (events: PartSet['events']): CostLine[] =>
  events.flatMap((event) => (event.type === 'CostLinesStored' ? event.data.lines : []));

describe('line sets in parts', () => {
  it('names a list as its content is named, however it was computed', () => {
    for (const list of [[], [{ b: 1, a: [null, 'é'] }], [{ line_no: 1 }, { line_no: 2, c: { z: 1, y: 2 } }]])
      expect(atOnce(listHashSteps(list))).to.equal(contentHash(list));
  });

  it('the same lines in another dress are the same set', () => {
    const usual = hashOf({});
    expect(hashOf({ eol: '\r\n', bom: true, quoteAll: true, finalNewline: false })).to.equal(usual);
    expect(
      hashOf({
        columns: [
          'category',
          'USD',
          'end',
          'start',
          'hours',
          'description',
          'group_description',
          'product',
          'project_name',
          'new_column',
        ],
      }),
    ).to.equal(usual);
    expect(
      hashOf({
        columns: [
          'product',
          'group_description',
          'description',
          'hours',
          'start',
          'end',
          'USD',
          'project_name',
        ],
      }),
      'a category less',
    ).not.to.equal(usual);
  });

  it('holds every line once, in order, and the same parts with and without ids', () => {
    const base = atOnce(costLineSteps(parseInvoiceCsv(invoiceCsv(rows)).lines, null))[0] as CostLine;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_700 }), fc.integer({ min: 1, max: 3_000 }), (count, width) => {
        const lines = Array.from({ length: count }, (_, index) => ({
          ...base,
          line_no: index + 1,
          description: 'x'.repeat(width),
        }));
        const plain = atOnce(costLinesInParts(uuid, lines));
        const withIds = atOnce(
          costLinesInParts(
            uuid,
            lines.map((line) => ({ ...line, provider_resource_id: '9'.repeat(36) })),
          ),
        );
        expect(withIds.hash).to.equal(plain.hash);
        expect(linesOf(plain.events)).to.deep.equal(lines);
        expect(
          withIds.events.map((event) => event.type === 'CostLinesStored' && event.data.lines.length),
        ).to.deep.equal(
          plain.events.map((event) => event.type === 'CostLinesStored' && event.data.lines.length),
        );
        for (const { data } of withIds.events) expect(JSON.stringify(data).length).to.be.below(900_000);
        plain.events.forEach(({ data }, index) =>
          expect([data.part, data.parts]).to.deep.equal([index + 1, plain.events.length]),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('of no lines is one empty part', () => {
    const { events } = atOnce(costLinesInParts(uuid, []));
    expect(events).to.have.length(1);
    costPartEvents.CostLinesStored.parse(events[0]?.data);
    expect(atOnce(costMatchesInParts(uuid, [])).events).to.have.length(1);
  });
});
