import { expect } from 'chai';
import { UsageError } from '../../src/cli/usage-error.ts';
import { parseWhatIf } from '../../src/cli/what-if-input.ts';

const parse = (options: Partial<Parameters<typeof parseWhatIf>[0]>) =>
  parseWhatIf({ period: ['2026-04'], plan: [], addon: [], ...options });

describe('the command line of a what-if', () => {
  it('gives the request that the API takes', () => {
    expect(parse({}).asked).to.deep.equal({ period: '2026-04-01', overrides: {} });
    expect(
      parse({
        plan: [
          'studio.base=1900',
          'studio.droplet_hours.overage=2',
          'studio.droplet_hours.included=100.5',
          'studio.dns_zones.cap=none',
          'pro@2.terms=3',
          'pro@2.dns_zones.cap=7',
          'my.own.plan.base=1',
        ],
        addon: ['storage_50gb=500', 'llm_1m_tokens=0'],
        tax: '0.15',
      }).asked,
    ).to.deep.equal({
      period: '2026-04-01',
      overrides: {
        plans: {
          studio: {
            base_price_cents: 1900,
            items: {
              droplet_hours: { overage_price_cents: 2, included_qty: '100.5' },
              dns_zones: { hard_cap_qty: null },
            },
          },
          pro: { version: 2, terms_of_version: 3, items: { dns_zones: { hard_cap_qty: '7' } } },
          'my.own.plan': { base_price_cents: 1 },
        },
        addons: { storage_50gb: { price_cents: 500 }, llm_1m_tokens: { price_cents: 0 } },
        tax_rate: '0.15',
      },
    });
    expect(parse({ period: ['2026-03', '2026-04-30'] }).asked).to.deep.equal({
      periods: ['2026-03-01', '2026-04-01'],
      overrides: {},
    });
    expect(
      parse({ plan: ['studio.constructor.overage=1'] }).asked.overrides.plans?.['studio']?.items,
    ).to.deep.equal({ constructor: { overage_price_cents: 1 } });
  });

  it('is refused with the argument and the reason', () => {
    const cases: [Parameters<typeof parse>[0], RegExp][] = [
      [{ plan: ['studio'] }, /^--plan studio: expected <code>/],
      [{ plan: ['studio.base'] }, /^--plan studio.base: expected <code>/],
      [{ plan: ['studio.droplet_hours.price=2'] }, /^--plan studio.droplet_hours.price=2: expected <code>/],
      [{ plan: ['studio.base=19.00'] }, /^--plan studio.base=19.00: Invalid input: expected number/],
      [{ plan: ['studio.base=-1'] }, /^--plan studio.base=-1: /],
      [{ plan: ['studio.base=99999999999999999999'] }, /^--plan studio.base=9+: /],
      [
        { plan: ['studio.droplet_hours.included=many'] },
        /^--plan studio.droplet_hours.included=many: expected plain digits/,
      ],
      [{ plan: ['studio@0.base=1'] }, /^--plan studio@0.base=1: /],
      [
        { plan: ['studio.base=1', 'studio.base=2'] },
        /^--plan studio.base=2: --plan studio.base=1 was given before$/,
      ],
      [{ plan: ['studio@1.base=1', 'studio@2.base=2'] }, /^--plan studio@2.base=2: .* concerns one version/],
      [
        { plan: ['studio.base=1', 'studio@2.dns_zones.overage=2'] },
        /^--plan studio@2.dns_zones.overage=2: .* concerns one version/,
      ],
      [{ plan: ['__proto__.base=1'] }, /^--plan __proto__.base=1: can not be overridden$/],
      [
        { plan: ['studio.__proto__.overage=1'] },
        /^--plan studio.__proto__.overage=1: can not be overridden$/,
      ],
      [{ addon: ['storage_50gb'] }, /^--addon storage_50gb: expected <code>=<cents>/],
      [{ addon: ['storage_50gb=5.00'] }, /^--addon storage_50gb=5.00: /],
      [{ addon: ['a=1', 'a=1'] }, /^--addon a=1: --addon a=1 was given before$/],
      [{ tax: '15%' }, /^--tax 15%: expected plain digits/],
      [{ tax: '1.5' }, /^--tax 1.5: expected a decimal from 0 to 1/],
      [{ period: ['April'] }, /^--period April: expected YYYY-MM/],
      [{ period: ['2026-04', '2026-13'] }, /^--period 2026-13: /],
      [{ period: ['2026-04', '2026-04-01'] }, /^--period 2026-04-01: is in the list already$/],
    ];
    for (const [options, reason] of cases)
      expect(() => parse(options), JSON.stringify(options)).to.throw(UsageError, reason);
  });

  it('names the argument in what the ledger refuses', () => {
    const { explain } = parse({
      plan: ['studio@2.base=1', 'studio@2.gpu.overage=2', 'pro.base=3'],
      addon: ['a=1'],
    });
    expect(
      explain([
        { path: 'overrides.plans.studio.items.gpu', message: 'no such item' },
        { path: 'overrides.addons.a', message: 'no such addon' },
      ]),
    ).to.equal('--plan studio@2.gpu.overage=2: no such item\n--addon a=1: no such addon');
    expect(explain([{ path: 'overrides.plans.studio.version', message: 'none' }])).to.equal(
      '--plan studio@2.base=1: none',
    );
    expect(explain([{ path: 'overrides.plans.studio', message: 'no such plan' }])).to.equal(
      '--plan studio@2.base=1, --plan studio@2.gpu.overage=2: no such plan',
    );
    expect(explain([{ path: 'period', message: 'the month has not begun' }])).to.equal(
      '--period 2026-04: the month has not begun',
    );
  });
});
