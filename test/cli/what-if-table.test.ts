import { expect } from 'chai';
import type { WhatIfOfMonth, WhatIfOfMonths } from '../../src/invoicing/what-if-result.ts';
import { money } from '../../src/pricing/amount-text.ts';
import { showWhatIf } from '../../src/cli/what-if-table.ts';

const line = (
  deployment_id: string | null,
  kind: 'plan_base' | 'overage' | 'tax',
  resource_kind: string | null,
  before_cents: number,
  after_cents: number,
) => ({
  deployment_id,
  kind,
  resource_kind,
  before_cents,
  after_cents,
  delta_cents: after_cents - before_cents,
});
const figures = (revenue_cents: number, margin_pct: number | null) => ({
  revenue_cents,
  cogs_cents: 8692,
  margin_cents: revenue_cents - 8692,
  margin_pct,
});

const month: WhatIfOfMonth = {
  id: 'w-1',
  created_at: '2026-05-09T15:05:00.000Z',
  inputs_position: 7,
  overrides: {},
  period: '2026-04-01',
  ended: true,
  before: { total_cents: 9264 },
  after: { total_cents: 9953 },
  issued: { total_cents: 7064 },
  delta_cents: 689,
  margin: {
    currency: 'AUD',
    fx: { from: 'USD', to: 'AUD', rate: '1', source: 'default' },
    unattributed_cents: 0,
    issued: figures(6422, -35.3),
    before: figures(8422, -3.2),
    after: figures(9049, 3.9),
  },
  margin_unavailable: null,
  subscriptions: { affected: 1, grandfathered: 1, untouched: 1 },
  not_billable: [{ tenant_id: 'umbrella', reason: 'plan p is in EUR, the ledger in AUD' }],
  tenants: [
    {
      tenant_id: 'acme',
      before_cents: 7064,
      after_cents: 7753,
      delta_cents: 689,
      issued_cents: 7064,
      margin: null,
      affected: ['site'],
      grandfathered: ['old'],
      lines: [
        line('old', 'plan_base', null, 100, 100),
        line('site', 'plan_base', null, 5000, 4955),
        line('site', 'overage', 'droplet_hours', 672, 1344),
        line(null, 'tax', null, 642, 704),
      ],
    },
    {
      tenant_id: 'globex',
      before_cents: 2200,
      after_cents: 2200,
      delta_cents: 0,
      issued_cents: null,
      margin: null,
      affected: [],
      grandfathered: [],
      lines: [line('shop', 'plan_base', null, 2000, 2000)],
    },
  ],
};

describe('the table of a what-if', () => {
  it('shows money with two decimals', () => {
    expect([0, 5, -5, 7064, 123456789, -123456].map(money)).to.deep.equal([
      '0.00',
      '0.05',
      '−0.05',
      '70.64',
      '1,234,567.89',
      '−1,234.56',
    ]);
  });

  it('lists tenants, the lines of affected tenants, totals and margin', () => {
    expect(showWhatIf(month).split('\n')).to.deep.equal([
      '  2026-04                     before   after   delta',
      '  ──────────────────────────────────────────────────',
      '  acme                         70.64   77.53   +6.89',
      '    old (grandfathered)',
      '      plan_base                 1.00    1.00    0.00',
      '    site (affected)',
      '      plan_base                50.00   49.55   −0.45',
      '      overage droplet_hours     6.72   13.44   +6.72',
      '    tax                         6.42    7.04   +0.62',
      '  globex                       22.00   22.00    0.00',
      '  ──────────────────────────────────────────────────',
      '  total with tax               92.64   99.53   +6.89',
      '  issued                       70.64',
      '  ──────────────────────────────────────────────────',
      '  revenue before tax           84.22   90.49   +6.27',
      '  cost                         86.92   86.92    0.00',
      '  margin                       −2.70    3.57   +6.27',
      '                              −3.2 %   3.9 %',
      '  costs at 1 USD = 1 AUD: no rate is set',
      '  subscriptions: 1 affected, 1 grandfathered, 1 untouched',
      '  left out: umbrella (plan p is in EUR, the ledger in AUD)',
      '',
      'Amounts in AUD; nothing was changed. Kept as what-if w-1.',
      '',
    ]);
  });

  it('says why there is no margin, and that a month is not over', () => {
    const text = showWhatIf({
      ...month,
      ended: false,
      margin: null,
      margin_unavailable: 'no rate from EUR to AUD',
    });
    expect(text)
      .to.match(/^ {2}2026-04, so far /)
      .and.contain('\n  no margin: no rate from EUR to AUD\n')
      .and.contain('\nAmounts; nothing')
      .and.not.contain('revenue');
  });

  it('shows several months and their sums', () => {
    const { id, created_at, inputs_position, overrides, period: _period, ended: _ended, ...rest } = month;
    const sums: WhatIfOfMonths = {
      id,
      created_at,
      inputs_position,
      overrides,
      before: { total_cents: 18528 },
      after: { total_cents: 19906 },
      issued: rest.issued,
      delta_cents: 1378,
      margin: null,
      tenants: [
        { tenant_id: 'acme', before_cents: 14128, after_cents: 15506, delta_cents: 1378, issued_cents: 7064 },
      ],
      periods: [month, { ...month, period: '2026-05-01' }],
    };
    const text = showWhatIf(sums);
    expect(text.match(/^ {2}2026-0[45] /gm)).to.have.length(2);
    expect(text.slice(text.indexOf('  all months')).split('\n').slice(0, 6)).to.deep.equal([
      '  all months       before    after    delta',
      '  ─────────────────────────────────────────',
      '  acme             141.28   155.06   +13.78',
      '  ─────────────────────────────────────────',
      '  total with tax   185.28   199.06   +13.78',
      '  issued            70.64',
    ]);
  });
});
