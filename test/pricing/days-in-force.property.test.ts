import { expect } from 'chai';
import fc from 'fast-check';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { daysInMonth, nthDay } from '../../src/pricing/calendar.ts';
import { canonicalDecimal, sumDecimals, totalOf } from '../../src/pricing/money.ts';
import { isPlainDecimal } from '../../src/pricing/decimals.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import type { InvoiceOfLines } from '../support/pricing/bill-lines.ts';
import type { Json, Line, ResourcePrice } from '../../src/pricing/types.ts';
import { addon, plan, price, usage } from '../support/pricing/arbitraries.ts';
import { journal, started, state } from '../support/pricing/history.ts';
import type { GivenFact } from '../support/pricing/history.ts';
import { deploymentInputs, deploymentOf, usedOn } from '../support/pricing/inputs.ts';
import { referenceMonth } from '../support/pricing/reference-month.ts';
import { starter, storage50, studio } from '../support/pricing/sample-terms.ts';

const months = fc.constantFrom('2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01');

function tenant(
  period: string,
  deployments: DeploymentInvoicingInputs[],
  resource_prices: readonly ResourcePrice[] = [],
): TenantInvoicingInputs {
  return {
    tenant_id: 't1',
    period,
    currency: 'AUD',
    tax: { name: 'GST', rate: '0.10' },
    resource_prices,
    deployments,
  };
}

/** Sums of lines by `key`, as text. */
function sums(lines: readonly Line[], kind: Line['kind'], key: (line: Line) => string): Map<string, string> {
  const all = new Map<string, string>();
  for (const line of lines.filter((one) => one.kind === kind))
    all.set(key(line), sumDecimals([all.get(key(line)) ?? '0', String(line.amount_cents)]));
  return all;
}

/** A cap as a line of any month shows it; the arbitrary plans write theirs with zeros at the end. */
const canonicalCap = (cap: Json | undefined): Json =>
  typeof cap === 'string' ? canonicalDecimal(cap) : null;

const byKind = (entries: readonly { resource_kind: string; qty: string }[]): Map<string, string> => {
  const all = new Map<string, string>();
  for (const { resource_kind, qty } of entries)
    all.set(resource_kind, sumDecimals([all.get(resource_kind) ?? '0', qty]));
  return all;
};

describe('a month by its days in force, for any history and usage', () => {
  it('equals a plain day-by-day computation in decimal.js', () => {
    fc.assert(
      fc.property(
        months.chain((period) => fc.tuple(fc.constant(period), deploymentOf(period))),
        fc.array(price, { maxLength: 4 }),
        ([period, one], prices) => {
          const inputs = { deployment_id: 'd1', ...one };
          const expected = referenceMonth(inputs, period, prices);
          const billed: Pick<InvoiceOfLines, 'lines' | 'unpriced' | 'unbilled'> = billLines(
            tenant(period, [inputs], prices),
          ) ?? { lines: [], unpriced: [], unbilled: [] };
          expect(sums(billed.lines, 'plan_base', () => '').get('') ?? '0').to.equal(expected.base_cents);
          expect(sums(billed.lines, 'addon', ({ meta }) => JSON.stringify(meta['addon_code']))).to.deep.equal(
            new Map([...expected.addon_cents].map(([code, cents]) => [JSON.stringify(code), cents])),
          );
          expect(sums(billed.lines, 'llm_usage', () => '').get('') ?? '0').to.equal(expected.llm_cents);
          expect(sums(billed.lines, 'charge', () => '').get('') ?? '0').to.equal(expected.charges_cents);
          const overage = billed.lines
            .filter(({ kind }) => kind === 'overage')
            .map(
              ({ resource_kind, amount_cents, meta: { used, allowance, hard_cap_qty } }) =>
                [
                  resource_kind ?? '',
                  {
                    used,
                    allowance,
                    hard_cap_qty: canonicalCap(hard_cap_qty),
                    amount_cents: String(amount_cents),
                  },
                ] as const,
            );
          expect(new Map(overage)).to.deep.equal(expected.overage);
          expect(billed.unpriced.map(({ resource_kind }) => resource_kind)).to.have.members(
            expected.unpriced,
          );
          if (billed.lines.length > 0) expect(byKind(billed.unbilled)).to.deep.equal(expected.unbilled);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('has billed and unbilled quantities that add up to the usage', () => {
    fc.assert(
      fc.property(
        months.chain((period) => fc.tuple(fc.constant(period), deploymentOf(period))),
        ([period, one]) => {
          const { billed, unbilled } = referenceMonth({ deployment_id: 'd1', ...one }, period, []);
          const tokens =
            one.llm_allowance.length === 0
              ? []
              : [{ resource_kind: 'llm_tokens', qty: billed.get('llm_tokens') ?? '0' }];
          const used = byKind([
            ...one.usage.filter(({ resource_kind }) => tokens.length === 0 || resource_kind !== 'llm_tokens'),
          ]);
          for (const [kind, qty] of used)
            expect(sumDecimals([billed.get(kind) ?? '0', unbilled.get(kind) ?? '0']), kind).to.equal(
              sumDecimals([qty]),
            );
        },
      ),
    );
  });

  it('has only whole cents and plain decimals', () => {
    fc.assert(
      fc.property(
        months.chain((period) =>
          fc.tuple(fc.constant(period), fc.array(deploymentOf(period), { maxLength: 3 })),
        ),
        ([period, all]) => {
          const billed = billLines(
            tenant(
              period,
              all.map((one, index) => ({ deployment_id: `d${String(index)}`, ...one })),
            ),
          );
          if (billed === null) return;
          for (const { amount_cents, unit_price_cents, qty } of billed.lines) {
            expect(Number.isSafeInteger(amount_cents) && Number.isSafeInteger(unit_price_cents)).to.equal(
              true,
            );
            expect(isPlainDecimal(qty), qty).to.equal(true);
          }
          for (const { qty } of [...billed.unpriced, ...billed.unbilled])
            expect(isPlainDecimal(qty), qty).to.equal(true);
          expect(JSON.stringify(billed)).not.to.match(/NaN|Infinity|null,"amount/);
          expect(totalOf(billed.lines)).to.equal(billed.total_cents);
        },
      ),
    );
  });

  it('stays the same after facts that change nothing', () => {
    const noChange = fc.record({
      n: fc.nat({ max: 30 }),
      what: fc.constantFrom('plan', 'past_due', 'suspended', 'active', 'pause'),
    });
    fc.assert(
      fc.property(
        months,
        plan,
        fc.array(addon, { maxLength: 2 }),
        usage,
        fc.array(noChange, { maxLength: 5 }),
        (period, terms, addons, used, changes) => {
          const start = started('2025-01-01', terms, ...addons);
          const repeated = changes.flatMap(({ n, what }): GivenFact[] => {
            const day = nthDay(period, (n % daysInMonth(period)) + 1);
            if (what === 'plan') return [{ type: 'plan_changed', day, plan: terms }];
            if (what === 'pause')
              return [
                { type: 'paused', day },
                { type: 'resumed', day },
              ];
            return [state(day, what)];
          });
          const bill = (facts: GivenFact[]) =>
            billLines(tenant(period, [deploymentInputs({ facts: journal(...facts), usage: used, period })]));
          const shown = (invoice: InvoiceOfLines | null) =>
            invoice?.lines.map(({ meta: { event_id: _event, hard_cap_qty, ...meta }, ...line }) => ({
              ...line,
              meta,
              cap: canonicalCap(hard_cap_qty),
            }));
          expect(shown(bill([start, ...repeated]))).to.deep.equal(shown(bill([start])));
        },
      ),
    );
  });
});

describe('usage over days', () => {
  const facts = journal(
    started('2026-04-11', starter, storage50),
    { type: 'plan_changed', day: '2026-04-21', plan: studio },
    { type: 'cancelled', day: '2026-04-26' },
  );
  const bill = (from: string, to: string) =>
    billLines(
      tenant(
        '2026-04-01',
        [deploymentInputs({ facts, ...{ usage: {} } })].map((one) => ({
          ...one,
          usage: [{ ...usedOn(from, 'dns_zones', '1'), to }],
        })),
      ),
    );

  it('may be summed up across days under different terms, if all of them are in force', () => {
    expect(bill('2026-04-11', '2026-04-25')?.unbilled).to.deep.equal([]);
    expect(bill('2026-04-01', '2026-04-10')?.unbilled).to.deep.equal([
      { deployment_id: 'd1', resource_kind: 'dns_zones', qty: '1', reason: 'before-start' },
    ]);
  });

  it('is refused where its days are partly outside the days in force, or outside the month', () => {
    for (const [from, to] of [
      ['2026-04-10', '2026-04-11'],
      ['2026-04-25', '2026-04-26'],
      ['2026-04-26', '2026-05-01'],
      ['2026-03-31', '2026-03-31'],
      ['2026-04-12', '2026-04-11'],
    ] as const) {
      expect(() => bill(from, to), `${from} to ${to}`).to.throw(RangeError, 'straddles');
    }
  });
});
