import { expect } from 'chai';
import fc from 'fast-check';
import { allocate, isShared, sharingRules, type MonthSharing } from '../../src/pricing/cost-sharing.ts';
import { leakingCosts, type JudgedCost } from '../../src/pricing/leakage.ts';
import { convertCosts, margin, type RevenueInvoice } from '../../src/pricing/margin.ts';

const tenants = ['a', 'b', 'c', 'd'] as const;
const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);

/** A cost in the ledger's currency, by other arithmetic: ten-thousandths, half away from zero. */
function naive(cents: number, rate: string): number {
  const [whole = '', fraction = ''] = rate.split('.');
  const exact = Math.abs(cents) * Number(whole + fraction.padEnd(4, '0'));
  return Math.sign(cents) * Math.floor((exact + 5000) / 10_000) + 0;
}

const line = fc
  .record({
    amount_cents: fc.integer({ min: -20_000, max: 100_000 }),
    kind: fc.constantFrom('droplet', 'droplet_backup', 'snapshot', 'volume', 'spaces_bucket', null),
    is_tax: fc.boolean(),
    tenant: fc.constantFrom(...tenants, null),
    matched: fc.boolean(),
    tied: fc.boolean(),
    is_source_gone: fc.boolean(),
    is_unmetered: fc.boolean(),
    days: fc.integer({ min: 1, max: 31 }),
    idle: fc.integer({ min: 0, max: 31 }),
  })
  .map(({ tenant, matched, tied, idle, ...rest }): JudgedCost & { line_no: number } => {
    const tenant_id = matched ? tenant : null;
    const deployment_id = tenant_id !== null && tied ? `${tenant_id}-site` : null;
    const idle_days = deployment_id === null ? 0 : Math.min(idle, rest.days);
    return {
      ...rest,
      line_no: 0,
      is_shared: false,
      currency: 'USD',
      converted_cents: 0,
      resource_id: matched ? 'r' : null,
      tenant_id,
      deployment_id,
      idle_days,
      never_in_force: deployment_id !== null && idle === 31,
    };
  });

const invoice = fc.record({
  tenant_id: fc.constantFrom(...tenants),
  status: fc.constantFrom('issued', 'paid', 'void', 'draft'),
  cents: fc.constantFrom(0, 1, 7112, -500),
});

const sharing = fc.record({
  sharing: fc.record({
    rule: fc.constantFrom(...sharingRules),
    kinds: fc.constantFrom(null, ['other'], ['droplet', 'tax'], ['spaces_bucket', 'other']),
    tax_is_cost: fc.boolean(),
  }),
  receivers: fc.subarray(
    [...tenants, 'e'].map((tenant_id) => ({
      tenant_id,
      deployments: [`${tenant_id}-site`, `${tenant_id}-shop`],
    })),
  ),
});

const account = fc.record({
  sharing,
  lines: fc.array(line, { maxLength: 40 }),
  invoices: fc.array(invoice, { maxLength: 5 }),
  rate: fc.constantFrom('1', '1.5237', '0.3333'),
});

type Account = typeof account extends fc.Arbitrary<infer T> ? T : never;

function computed({ lines, invoices, rate, sharing: month }: Account) {
  const fx = { from: 'USD', to: 'AUD', rate, source: 'fx_rate' as const };
  const costs = convertCosts(
    lines.map((one, line_no) => ({ ...one, line_no, is_shared: isShared(one, month) })),
    { currency: 'AUD', fx },
  );
  const figures = margin({
    period: '2026-04-01',
    currency: 'AUD',
    fx,
    cost_lines: costs,
    sharing: month,
    invoices: invoices.map(({ tenant_id, status, cents }): RevenueInvoice => ({
      tenant_id,
      status,
      lines: [
        { deployment_id: null, kind: 'plan_base', resource_kind: null, amount_cents: cents },
        { deployment_id: null, kind: 'tax', resource_kind: null, amount_cents: 10 },
      ],
    })),
  });
  const revenue = new Map(figures.tenants.map((one) => [one.tenant_id, one.revenue_cents]));
  return { costs, figures, ...leakingCosts(costs, revenue) };
}

/** What a tenant was billed, by other arithmetic. */
const billed = ({ invoices }: Account, tenant: string): number =>
  sum(
    invoices
      .filter((one) => one.tenant_id === tenant && (one.status === 'issued' || one.status === 'paid'))
      .map(({ cents }) => cents),
  );

/** What is spread, by a definition of its own. */
function isPooled(
  { is_tax, tenant_id, kind }: JudgedCost,
  { sharing: rule, receivers }: MonthSharing,
): boolean {
  if (rule.rule === 'none' || receivers.length === 0) return false;
  if (is_tax) return rule.tax_is_cost && (rule.kinds?.includes('tax') ?? true);
  return tenant_id === null && (rule.kinds?.includes(kind ?? 'other') ?? true);
}

const naiveSum = (lines: readonly JudgedCost[], rate: string): number =>
  sum(lines.map(({ amount_cents }) => naive(amount_cents, rate)));

describe('the costs of random accounts', () => {
  it('leak as what is unattributed and what falls on tenants without revenue, for every rule', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { figures, leaks } = computed(one);
        const idle = figures.tenants.filter(({ tenant_id }) => billed(one, tenant_id) === 0);
        const total =
          sum(leaks.map(({ cents }) => cents)) + sum(idle.map(({ shared_cents }) => shared_cents));
        expect(total).to.equal(
          figures.overall.unattributed_cents + sum(idle.map(({ cogs_cents }) => cogs_cents)),
        );
        const leaking = one.lines.filter(
          (line) =>
            !isPooled(line, one.sharing) &&
            (line.is_tax || line.tenant_id === null || billed(one, line.tenant_id) === 0),
        );
        expect(sum(leaks.map(({ cents }) => cents))).to.equal(naiveSum(leaking, one.rate));
      }),
    );
  });

  it('are the invoice: direct, shared and unattributed, overall, by tenant and by deployment', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { overall, tenants: shares, deployments } = computed(one).figures;
        const pooled = one.lines.filter((line) => isPooled(line, one.sharing));
        expect(overall.shared_cents).to.equal(naiveSum(pooled, one.rate));
        expect(overall.direct_cents + overall.shared_cents + overall.unattributed_cents).to.equal(
          naiveSum(one.lines, one.rate),
        );
        expect(overall.cogs_cents).to.equal(naiveSum(one.lines, one.rate));
        expect(sum(shares.map(({ direct_cents }) => direct_cents))).to.equal(overall.direct_cents);
        expect(sum(shares.map(({ shared_cents }) => shared_cents))).to.equal(overall.shared_cents);
        expect(sum(deployments.map(({ shared_cents }) => shared_cents))).to.equal(overall.shared_cents);
        for (const each of [...shares, ...deployments])
          expect(each.cogs_cents).to.equal(each.direct_cents + each.shared_cents);
        const receiving = one.sharing.receivers.map(({ tenant_id }) => tenant_id);
        for (const { tenant_id, shared_cents } of shares)
          if (!receiving.includes(tenant_id)) expect(shared_cents).to.equal(0);
      }),
    );
  });

  it('are divided by reason without a cent more or less than each line has', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { costs, leaks, at_billed_tenants } = computed(one);
        for (const { line_no, converted_cents, ...line } of costs) {
          const own = [...leaks, ...at_billed_tenants].filter((part) => part.line.line_no === line_no);
          const cents = sum(own.map((part) => part.cents));
          const { is_tax, tenant_id, deployment_id } = line;
          if (line.is_shared) expect(own).to.deep.equal([]);
          else if (is_tax || tenant_id === null || deployment_id === null || billed(one, tenant_id) === 0)
            expect(cents).to.equal(converted_cents);
          else expect(Math.abs(cents)).to.be.at.most(Math.abs(converted_cents));
          expect(new Set(own.map(({ reason }) => reason)).size, 'a reason occurs once').to.equal(own.length);
        }
      }),
    );
  });

  it('are allocated within a cent of the exact share, the largest remainders first', () => {
    expect(allocate(10, [1, 1, 1])).to.deep.equal([4, 3, 3]);
    expect(allocate(-10, [1, 1, 1])).to.deep.equal([-4, -3, -3]);
    expect(allocate(5, [0, 0])).to.deep.equal([3, 2]);
    expect(allocate(0, [3, 0])).to.deep.equal([0, 0]);
    expect(allocate(100, [1, 2, 0])).to.deep.equal([33, 67, 0]);
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), weights, (cents, given) => {
        const shares = allocate(cents, given);
        expect(sum(shares)).to.equal(cents);
        const total = sum(given);
        if (total > 0)
          for (const [index, weight] of given.entries())
            expect(Math.abs((shares[index] ?? 0) - (cents * weight) / total)).to.be.below(1);
      }),
    );
  });
});
