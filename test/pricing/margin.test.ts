import { expect } from 'chai';
import fc from 'fast-check';
import { fxInForce } from '../../src/pricing/fx.ts';
import { convertCosts, margin as marginOf, marginFigures } from '../../src/pricing/margin.ts';
import type { AttributedCost, Margin, MarginInputs, RevenueInvoice } from '../../src/pricing/margin.ts';

type UnconvertedInputs = Omit<MarginInputs, 'cost_lines'> & { cost_lines: readonly AttributedCost[] };

const margin = (inputs: UnconvertedInputs): Margin =>
  marginOf({ ...inputs, cost_lines: convertCosts(inputs.cost_lines, inputs) });

function cost(amount: number, rest: Partial<AttributedCost> = {}): AttributedCost {
  return {
    amount_cents: amount,
    currency: 'USD',
    kind: 'droplet',
    is_tax: false,
    tenant_id: null,
    deployment_id: null,
    ...rest,
  };
}

function invoice(tenantId: string, status: RevenueInvoice['status'] = 'issued'): RevenueInvoice {
  return {
    tenant_id: tenantId,
    status,
    lines: [
      { deployment_id: `${tenantId}-d`, kind: 'plan_base', resource_kind: null, amount_cents: 5000 },
      { deployment_id: `${tenantId}-d`, kind: 'overage', resource_kind: 'droplet_hours', amount_cents: 2112 },
      { deployment_id: null, kind: 'tax', resource_kind: null, amount_cents: 711 },
    ],
  };
}

function april(rest: Partial<UnconvertedInputs> = {}): UnconvertedInputs {
  return {
    period: '2026-04-01',
    currency: 'AUD',
    invoices: [],
    cost_lines: [],
    fx: fxInForce([], 'USD', 'AUD', '2026-04-30'),
    ...rest,
  };
}

describe('margin', () => {
  const golden = margin(
    april({
      invoices: [invoice('dashboard-pilot')],
      cost_lines: [
        cost(3000, { tenant_id: 'dashboard-pilot', deployment_id: 'dashboard-pilot-d' }),
        cost(53, { kind: 'snapshot', tenant_id: 'dashboard-pilot' }),
        cost(929, { tenant_id: 'skyai-internal' }),
        cost(3920, { kind: null }),
        cost(790, { kind: null, is_tax: true }),
      ],
    }),
  );

  it('golden: 7112 − 3053 = 4059 (57.1 %), overall −1580, the rest 929 + 3920 + 790', () => {
    expect(golden.tenants).to.deep.equal([
      {
        tenant_id: 'dashboard-pilot',
        revenue_cents: 7112,
        cogs_cents: 3053,
        direct_cents: 3053,
        shared_cents: 0,
        margin_cents: 4059,
        margin_pct: 57.1,
      },
      {
        tenant_id: 'skyai-internal',
        revenue_cents: 0,
        cogs_cents: 929,
        direct_cents: 929,
        shared_cents: 0,
        margin_cents: -929,
        margin_pct: null,
      },
    ]);
    expect(golden.overall).to.deep.equal({
      revenue_cents: 7112,
      cogs_cents: 8692,
      direct_cents: 3982,
      shared_cents: 0,
      margin_cents: -1580,
      margin_pct: -22.2,
      unattributed_cents: 3920 + 790,
    });
    expect(golden.fx).to.deep.equal({ from: 'USD', to: 'AUD', rate: '1', source: 'default' });
  });

  it('shows deployments, and revenue and COGS by kind on their own axes', () => {
    expect(golden.deployments).to.deep.equal([
      {
        deployment_id: 'dashboard-pilot-d',
        tenant_id: 'dashboard-pilot',
        revenue_cents: 7112,
        cogs_cents: 3000,
        direct_cents: 3000,
        shared_cents: 0,
        margin_cents: 4112,
        margin_pct: 57.8,
      },
    ]);
    expect(golden.by_kind).to.deep.equal({
      revenue: [
        { resource_kind: 'droplet_hours', cents: 2112 },
        { resource_kind: 'plan_base', cents: 5000 },
      ],
      cogs: [
        { kind: 'droplet', cents: 3929 },
        { kind: 'other', cents: 3920 },
        { kind: 'snapshot', cents: 53 },
        { kind: 'tax', cents: 790 },
      ],
    });
  });

  it('counts issued and paid invoices, neither drafts nor void ones', () => {
    const invoices = [invoice('a'), invoice('b', 'paid'), invoice('c', 'draft'), invoice('d', 'void')];
    const result = margin(april({ invoices }));
    expect(result.overall.revenue_cents).to.equal(2 * 7112);
    expect(result.tenants.map(({ tenant_id }) => tenant_id)).to.deep.equal(['a', 'b']);
  });

  it('attributes tax to no tenant, even on a line that was matched to one', () => {
    const { overall, tenants } = margin(
      april({ cost_lines: [cost(790, { is_tax: true, tenant_id: 'a', deployment_id: 'd' })] }),
    );
    expect([overall.unattributed_cents, tenants]).to.deep.equal([790, []]);
  });

  it('converts each line at the rate of the last day and rounds it once', () => {
    const rates = [
      { from: 'USD', to: 'AUD', rate: '1.4', effective_from: '2026-03-01' },
      { from: 'USD', to: 'AUD', rate: '1.5', effective_from: '2026-04-30' },
      { from: 'USD', to: 'AUD', rate: '1.6', effective_from: '2026-05-01' },
      { from: 'EUR', to: 'AUD', rate: '1.7', effective_from: '2026-04-01' },
    ];
    const fx = fxInForce(rates, 'USD', 'AUD', '2026-04-30');
    expect(fx).to.deep.equal({ from: 'USD', to: 'AUD', rate: '1.5', source: 'fx_rate' });
    const corrected = [...rates, { from: 'USD', to: 'AUD', rate: '1.55', effective_from: '2026-04-30' }];
    expect(fxInForce(corrected, 'USD', 'AUD', '2026-04-30').rate, 'the later of two for one day').to.equal(
      '1.55',
    );
    const result = margin(
      april({ fx, cost_lines: [cost(1), cost(1), cost(-1), cost(10, { currency: 'AUD' })] }),
    );
    expect(result.overall.cogs_cents).to.equal(2 + 2 - 2 + 10);
    expect(() => margin(april({ fx, cost_lines: [cost(1, { currency: 'EUR' })] }))).to.throw(
      RangeError,
      'EUR',
    );
  });

  it('conserves: tenants and the unattributed add up to the whole, and so do the kinds', () => {
    const line = fc.record({
      amount_cents: fc.integer({ min: -100_000, max: 1_000_000 }),
      currency: fc.constantFrom('USD', 'AUD'),
      kind: fc.constantFrom('droplet', 'snapshot', null),
      is_tax: fc.boolean(),
      tenant_id: fc.constantFrom('a', 'b', null),
      deployment_id: fc.constantFrom('d', null),
    });
    const rate = fc.constantFrom('1', '1.5234', '0.333333333333');
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 40 }),
        rate,
        fc.array(fc.constantFrom('a', 'b', 'c')),
        (lines, given, tenants) => {
          const fx = { from: 'USD', to: 'AUD', rate: given, source: 'fx_rate' as const };
          const {
            overall,
            tenants: shares,
            by_kind,
          } = margin(april({ fx, cost_lines: lines, invoices: tenants.map((id) => invoice(id)) }));
          const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0);
          expect(sum(shares.map((share) => share.cogs_cents)) + overall.unattributed_cents).to.equal(
            overall.cogs_cents,
          );
          expect(sum(shares.map((share) => share.revenue_cents))).to.equal(overall.revenue_cents);
          expect(sum(shares.map((share) => share.margin_cents)) - overall.unattributed_cents).to.equal(
            overall.margin_cents,
          );
          expect(sum(by_kind.cogs.map(({ cents }) => cents))).to.equal(overall.cogs_cents);
          expect(sum(by_kind.revenue.map(({ cents }) => cents))).to.equal(overall.revenue_cents);
        },
      ),
    );
  });

  it('states a percentage with one decimal, rounded half away from zero', () => {
    const marginPct = (cents: number, revenue: number) => marginFigures(revenue, revenue - cents).margin_pct;
    expect([marginPct(4059, 7112), marginPct(1, 2000), marginPct(-1, 2000), marginPct(5, 0)]).to.deep.equal([
      57.1,
      0.1,
      -0.1,
      null,
    ]);
  });
});
