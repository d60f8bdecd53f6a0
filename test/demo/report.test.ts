import { expect } from 'chai';
import { checksOf, holds } from '../../demo/checks.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { report } from '../../demo/report.ts';
import { pageWidth, styleFor, table } from '../../demo/text.ts';
import { sampleFacts } from './facts.ts';

const plain = styleFor(false);

describe('money in the report', () => {
  it('has two decimals, thousands apart and a real minus', () => {
    const cases: [number, string][] = [
      [0, '0.00'],
      [5, '0.05'],
      [-5, '−0.05'],
      [99, '0.99'],
      [100, '1.00'],
      [-1580, '−15.80'],
      [123456789, '1,234,567.89'],
      [-100000, '−1,000.00'],
      [99999, '999.99'],
    ];
    for (const [cents, text] of cases) expect(money(cents)).to.equal(text);
  });
});

describe('a table in the report', () => {
  it('is as wide as its widest cells, numbers to the right, long cells shortened', () => {
    expect(
      table(
        [
          { heading: 'kind', max: 6 },
          { heading: 'n', align: 'right' },
        ],
        [['droplet', '5'], '-', ['sum', '1,234']],
        plain,
      ),
    ).to.deep.equal([
      '  kind         n',
      '  ──────────────',
      '  dropl…       5',
      '  ──────────────',
      '  sum      1,234',
    ]);
  });
});

describe('the month-end report', () => {
  const text = (facts = sampleFacts()): string => report(facts, checksOf(facts), '12.3', plain).join('\n');

  it('contains every figure of the month, within a page', () => {
    for (const expected of [
      /total +33 +17 +86\.92/,
      /17 of 33 lines have their resource \(51\.5 %\)/,
      /differ by 0\.00/,
      /Lines without a resource +16 lines, 47\.10/,
      /tax, 1 line +7\.90/,
      /subtotal +71\.12/,
      /GST 10 % +7\.11/,
      /total +78\.23/,
      /dashboard-pilot +71\.12 +30\.53 +40\.59 +57\.1 %/,
      /skyai-internal +0\.00 +9\.29/,
      /nobody: unmatched lines +39\.20 +−39\.20/,
      /nobody: tax +7\.90 +−7\.90/,
      /overall +71\.12 +86\.92 +−15\.80 +−22\.2 %/,
      /git\.example\.com +size_slug +s-4vcpu-8gb +s-1vcpu-1gb +−42\.00/,
      /harbour-books +6 +149\.13/,
      /26 of 26 hold/,
      /1500 events in the ledger/,
    ])
      expect(text()).to.match(expected);
    for (const line of text().split('\n')) expect(line.length, line).to.be.at.most(pageWidth);
  });

  it('says so when nothing drifts', () => {
    expect(text({ ...sampleFacts(), drifts: [] })).to.match(/Drift.*\n\n {2}none/);
  });

  it('marks a figure that differs, with what was expected', () => {
    const facts = sampleFacts();
    facts.margin.overall.margin_cents = -1581;
    expect(
      checksOf(facts)
        .filter((check) => !holds(check))
        .map(({ what }) => what),
    ).to.deep.equal(['margin overall']);
    expect(text(facts)).to.match(/✗ margin overall +−15\.81, expected −15\.80/);
  });
});

describe('the checks of the month', () => {
  const broken = (change: (facts: ReturnType<typeof sampleFacts>) => void): string[] => {
    const facts = sampleFacts();
    change(facts);
    return checksOf(facts)
      .filter((check) => !holds(check))
      .map(({ what }) => what);
  };

  it('hold for the sample month', () => {
    expect(broken(() => undefined)).to.deep.equal([]);
  });

  it('each fail for a wrong figure of their own', () => {
    expect(
      broken((facts) => {
        facts.costs.data.pop();
      }),
    ).to.include('April: lines sum to the invoice');
    expect(
      broken((facts) => {
        facts.costs.summary.matched = 16;
      }),
    ).to.deep.equal(['April: lines, of them matched']);
    expect(
      broken((facts) => {
        facts.finance = null;
      }),
    ).to.deep.equal(['finance holds gross = net + tax']);
    expect(
      broken((facts) => {
        facts.usage['droplet_hours'] = '3576';
      }),
    ).to.deep.equal(['droplet hours of 5 droplets in 30 days']);
    expect(
      broken((facts) => {
        facts.invoice.lines.shift();
      }),
    ).to.deep.equal(['tenant invoice: lines sum to subtotal']);
    expect(
      broken((facts) => {
        facts.eventsOfRerun = 1;
      }),
    ).to.deep.equal(['a second run of the jobs adds']);
    expect(
      broken((facts) => {
        facts.statusForOthers = 200;
      }),
    ).to.deep.equal(['the tenant sees its invoice; to others it is']);
    expect(
      broken((facts) => {
        facts.projections[0] = { name: 'catalog', status: 'parked', head: 1500, lag: 3 };
      }),
    ).to.deep.equal(['projections that are behind']);
    expect(
      broken((facts) => {
        facts.margin.tenants.pop();
      }),
    ).to.include.members(['margin of dashboard-pilot', 'attributed + unattributed = the invoice']);
  });
});
