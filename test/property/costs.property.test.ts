import { expect } from 'chai';
import fc from 'fast-check';
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

const account = fc.record({
  lines: fc.array(line, { maxLength: 40 }),
  invoices: fc.array(invoice, { maxLength: 5 }),
  rate: fc.constantFrom('1', '1.5237', '0.3333'),
});

type Account = typeof account extends fc.Arbitrary<infer T> ? T : never;

function computed({ lines, invoices, rate }: Account) {
  const fx = { from: 'USD', to: 'AUD', rate, source: 'fx_rate' as const };
  const costs = convertCosts(
    lines.map((one, line_no) => ({ ...one, line_no })),
    { currency: 'AUD', fx },
  );
  const figures = margin({
    period: '2026-04-01',
    currency: 'AUD',
    fx,
    cost_lines: costs,
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

describe('the costs of random accounts', () => {
  it('leak as what is unattributed and what falls on tenants without revenue', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { figures, leaks } = computed(one);
        const total = sum(leaks.map(({ cents }) => cents));
        const idle = figures.tenants.filter(({ revenue_cents }) => revenue_cents === 0);
        expect(total).to.equal(
          figures.overall.unattributed_cents + sum(idle.map(({ cogs_cents }) => cogs_cents)),
        );
        const leaking = one.lines.filter(
          ({ is_tax, tenant_id }) => is_tax || tenant_id === null || billed(one, tenant_id) === 0,
        );
        expect(total).to.equal(sum(leaking.map(({ amount_cents }) => naive(amount_cents, one.rate))));
      }),
    );
  });

  it('are the invoice: what tenants bear and what is unattributed', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { overall, tenants: shares } = computed(one).figures;
        const invoiced = sum(one.lines.map(({ amount_cents }) => naive(amount_cents, one.rate)));
        expect(sum(shares.map(({ cogs_cents }) => cogs_cents)) + overall.unattributed_cents).to.equal(
          invoiced,
        );
      }),
    );
  });

  it('are divided by reason without a cent more or less than each line has', () => {
    fc.assert(
      fc.property(account, (one) => {
        const { costs, leaks, at_billed_tenants } = computed(one);
        for (const { line_no, converted_cents, is_tax, tenant_id, deployment_id } of costs) {
          const own = [...leaks, ...at_billed_tenants].filter((part) => part.line.line_no === line_no);
          const cents = sum(own.map((part) => part.cents));
          if (is_tax || tenant_id === null || deployment_id === null || billed(one, tenant_id) === 0)
            expect(cents).to.equal(converted_cents);
          else expect(Math.abs(cents)).to.be.at.most(Math.abs(converted_cents));
          expect(new Set(own.map(({ reason }) => reason)).size, 'a reason occurs once').to.equal(own.length);
        }
      }),
    );
  });
});
