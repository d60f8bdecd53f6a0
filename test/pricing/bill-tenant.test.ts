import { expect } from 'chai';
import fc from 'fast-check';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { daysInMonth, nthDay } from '../../src/pricing/calendar.ts';
import { totalOf } from '../../src/pricing/money.ts';
import { quote } from '../../src/pricing/quote.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import type { InvoiceOfLines } from '../support/pricing/bill-lines.ts';
import type { SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import type { Line } from '../../src/pricing/types.ts';
import { addon, cents, dayNumberOf, period, plan, price, usage } from '../support/pricing/arbitraries.ts';
import { journal, started, state } from '../support/pricing/history.ts';
import { deploymentInputs, deploymentOf } from '../support/pricing/inputs.ts';
import { pro, starter, storage50, studio, tokens1m } from '../support/pricing/sample-terms.ts';

const april = '2026-04-01';
const gst = { name: 'GST', rate: '0.10' };

function deployment(
  facts: SubscriptionFact[],
  rest: Omit<Parameters<typeof deploymentInputs>[0], 'facts'> = {},
): DeploymentInvoicingInputs {
  return deploymentInputs({ facts, ...rest });
}

function tenant(
  deployments: DeploymentInvoicingInputs[],
  rest: Partial<TenantInvoicingInputs> = {},
): TenantInvoicingInputs {
  return {
    tenant_id: 't1',
    period: april,
    currency: 'AUD',
    tax: gst,
    resource_prices: [],
    deployments,
    ...rest,
  };
}

function bill(inputs: TenantInvoicingInputs): InvoiceOfLines {
  const invoice = billLines(inputs);
  if (invoice === null) throw new Error('nothing was billed');
  return invoice;
}

/** Description of the whole month, days and amount of the recurring lines. */
function recurring(facts: SubscriptionFact[]): unknown[] {
  return bill(tenant([deployment(facts)]))
    .lines.filter(({ kind }) => kind === 'plan_base' || kind === 'addon')
    .map(({ description, meta, amount_cents }) => [description.split(', ')[0], meta['days'], amount_cents]);
}

describe('billTenant', () => {
  it('golden: studio with storage_50gb and 2160 droplet hours in April 2026 is 6422 + 642 = 7064', () => {
    const invoice = bill(
      tenant([
        deployment(journal(started('2026-04-01', studio, storage50)), { usage: { droplet_hours: '2160' } }),
      ]),
    );
    expect(invoice.lines.map(({ kind, amount_cents }) => [kind, amount_cents])).to.deep.equal([
      ['plan_base', 5000],
      ['addon', 750],
      ['overage', 672],
      ['tax', 642],
    ]);
    expect(invoice).to.include({
      subtotal_cents: 6422,
      tax_cents: 642,
      total_cents: 7064,
      period_start: april,
      period_end: '2026-04-30',
    });
    expect(invoice.lines.map(({ deployment_id }) => deployment_id)).to.deep.equal(['d1', 'd1', 'd1', null]);
  });

  it('golden: studio with 3600 droplet hours is 7112 before tax', () => {
    const invoice = bill(
      tenant([deployment(journal(started('2026-03-15', studio)), { usage: { droplet_hours: '3600' } })]),
    );
    expect(invoice.subtotal_cents).to.equal(7112);
  });

  it('records in meta what explains a line', () => {
    const facts = journal({ ...started('2026-04-21', studio, storage50), event_id: 'e1' });
    const [base, pack, overage, tax] = bill(
      tenant([deployment(facts, { usage: { spaces_gb_month: '151.5' } })]),
    ).lines;
    expect(base?.meta).to.deep.equal({
      plan_code: 'studio',
      plan_version: 1,
      days: 10,
      days_in_month: 30,
      from: '2026-04-21',
      to: '2026-04-30',
      event_id: 'e1',
    });
    expect(pack?.meta).to.include({
      addon_code: 'storage_50gb',
      attachment_id: 'start-2026-04-21-0',
      days: 10,
      event_id: 'e1',
    });
    expect(overage?.meta).to.include({
      used: '151.5',
      included: '33.333333333333',
      addon_qty: '16.666666666667',
      allowance: '50',
      overage_qty: '101.5',
    });
    expect(tax).to.include({
      description: 'GST 10 %',
      qty: '0.1',
      unit_price_cents: 2120,
      amount_cents: 212,
      deployment_id: null,
    });
  });

  it('bills each plan version for its days, with the allowance of those days', () => {
    const facts = journal(started('2026-03-01', studio), {
      type: 'plan_changed',
      day: '2026-04-11',
      plan: pro,
    });
    const invoice = bill(
      tenant([deployment(facts, { usage: { droplet_hours: '3700', dns_zones: '37.7' } })]),
    );
    expect(
      invoice.lines.map(({ description, meta, amount_cents }) => [
        description,
        meta['allowance'],
        amount_cents,
      ]),
    ).to.deep.equal([
      ['Plan: studio (version 1), 2026-04-01 to 2026-04-10 (10 of 30 days)', undefined, 1667],
      ['Plan: pro (version 1), 2026-04-11 to 2026-04-30 (20 of 30 days)', undefined, 8000],
      // 1488 × 10/30 + 3720 × 20/30, and 10 × 10/30 + 50 × 20/30.
      ['Overage: droplet_hours', '2976', 724],
      ['Overage: dns_zones', '36.666666666667', 52],
      ['GST 10 %', undefined, 1044],
    ]);
  });

  it('lists the days of one plan version before and after a pause or another version apart', () => {
    const paused = journal(
      started('2026-03-01', studio),
      { type: 'paused', day: '2026-04-11' },
      { type: 'resumed', day: '2026-04-21' },
    );
    expect(recurring(paused)).to.deep.equal([
      ['Plan: studio (version 1)', 10, 1667],
      ['Plan: studio (version 1)', 10, 1666],
    ]);
    const backAndForth = journal(
      started('2026-03-01', studio),
      { type: 'plan_changed', day: '2026-04-11', plan: pro },
      { type: 'plan_changed', day: '2026-04-21', plan: studio },
    );
    expect(recurring(backAndForth)).to.deep.equal([
      ['Plan: studio (version 1)', 10, 1667],
      ['Plan: pro (version 1)', 10, 4000],
      ['Plan: studio (version 1)', 10, 1666],
    ]);
  });

  it('takes terms at the end of the last in-force day, not of the month', () => {
    const facts = journal(
      started('2026-03-01', studio, storage50),
      { type: 'paused', day: '2026-04-16' },
      { type: 'addon_detached', day: '2026-04-20', code: 'storage_50gb' },
      { type: 'plan_changed', day: '2026-04-21', plan: starter },
    );
    const invoice = bill(tenant([deployment(facts, { usage: { spaces_gb_month: '151' } })]));
    expect(invoice.lines.map(({ kind, amount_cents }) => [kind, amount_cents])).to.deep.equal([
      // (100 + 50) × 15/30 GB are included.
      ['plan_base', 2500],
      ['addon', 375],
      ['overage', 152],
      ['tax', 303],
    ]);
  });

  it('charges an addon for the days it was attached, and two attachments of one code apart', () => {
    const dearer = { ...storage50, price_cents: 900 };
    const facts = journal(
      started('2026-03-01', studio, storage50),
      { type: 'addon_detached', day: '2026-04-07', code: 'storage_50gb' },
      { type: 'addon_attached', day: '2026-04-16', attachment_id: 'a2', addon: dearer },
    );
    expect(recurring(facts).slice(1)).to.deep.equal([
      ['Addon: storage_50gb', 6, 150],
      ['Addon: storage_50gb', 15, 450],
    ]);
  });

  it('bills a resubscription within the month beside the cancelled subscription', () => {
    const facts = journal(
      started('2026-03-01', studio),
      { type: 'cancelled', day: '2026-04-11' },
      started('2026-04-21', studio),
    );
    expect(recurring(facts)).to.deep.equal([
      ['Plan: studio (version 1)', 10, 1667],
      ['Plan: studio (version 1)', 10, 1666],
    ]);
  });

  it('does not bill trial days, nor usage of a month wholly in trial', () => {
    const ended = journal(
      state('2026-03-01', 'trial'),
      started('2026-03-01', studio),
      state('2026-04-16', 'active'),
    );
    expect(recurring(ended)).to.deep.equal([['Plan: studio (version 1)', 15, 2500]]);
    const whole = journal(state('2026-03-01', 'trial'), started('2026-03-01', studio));
    expect(billLines(tenant([deployment(whole, { usage: { droplet_hours: '9999' } })]))).to.equal(null);
  });

  it('adds LLM charges exactly and rounds them once, also without a subscription in force', () => {
    const charges = ['0.4', '0.4', '0.4', '1000.3'];
    const invoice = bill(tenant([deployment([], { llm_charges: charges, usage: { droplet_hours: '100' } })]));
    expect(
      invoice.lines.map(({ kind, qty, amount_cents, deployment_id }) => [
        kind,
        qty,
        amount_cents,
        deployment_id,
      ]),
    ).to.deep.equal([
      ['llm_usage', '1001.5', 1002, 'd1'],
      ['tax', '0.1', 100, null],
    ]);
    expect(billLines(tenant([deployment([], { llm_charges: ['0', '0.00'] })]))).to.equal(null);
  });

  it('keeps free recurring lines, and has no tax line at rate 0', () => {
    const free = { ...studio, base_price_cents: 0 };
    const invoice = bill(
      tenant([deployment(journal(started(april, free)))], { tax: { name: 'GST', rate: '0.00' } }),
    );
    expect(invoice.lines.map(({ kind, amount_cents }) => [kind, amount_cents])).to.deep.equal([
      ['plan_base', 0],
    ]);
    expect(invoice.total_cents).to.equal(0);
  });

  it('reports unpriced usage, taxes the tenant once and orders deployments by id', () => {
    const inputs = tenant([
      deployment(journal(started(april, starter)), { deployment_id: 'b', usage: { volume_gb_month: '3' } }),
      deployment(journal(started(april, { ...starter, base_price_cents: 2005 })), { deployment_id: 'a' }),
    ]);
    const invoice = bill(inputs);
    expect(invoice.unpriced).to.deep.equal([
      { deployment_id: 'b', resource_kind: 'volume_gb_month', qty: '3' },
    ]);
    expect(
      invoice.lines.map(({ deployment_id, amount_cents }) => [deployment_id, amount_cents]),
    ).to.deep.equal([
      ['a', 2005],
      ['b', 2000],
      [null, 401],
    ]);
    expect(billLines({ ...inputs, deployments: [...inputs.deployments].reverse() })).to.deep.equal(invoice);
  });

  it('is null without any line, and refuses a foreign currency or a day for a period', () => {
    expect(billLines(tenant([deployment(journal(started('2026-05-01', studio)))]))).to.equal(null);
    expect(billLines(tenant([]))).to.equal(null);
    const dollars = deployment(
      journal(started('2026-03-01', { ...studio, currency: 'USD' }), {
        type: 'plan_changed',
        day: '2026-04-11',
        plan: pro,
      }),
    );
    expect(() => billLines(tenant([dollars]))).to.throw(RangeError, 'USD');
    expect(() => billLines(tenant([], { period: '2026-04-15' }))).to.throw(RangeError, 'not a period');
  });

  it('equals the quote: first invoice and overage of a start inside the month, for any terms', () => {
    const starts = period.chain((month) =>
      dayNumberOf(month).map((n) => ({ month, startsOn: nthDay(month, n) })),
    );
    fc.assert(
      fc.property(
        plan,
        fc.array(addon, { maxLength: 3 }),
        usage,
        starts,
        fc.array(price),
        (terms, addons, used, { month, startsOn }, prices) => {
          const quoted = quote(terms, addons, used, { startsOn, prices });
          const invoice = bill(
            tenant(
              [deployment(journal(started(startsOn, terms, ...addons)), { usage: used, period: month })],
              { period: month, resource_prices: prices },
            ),
          );
          const recurringLines = invoice.lines.filter(({ kind }) => kind === 'plan_base' || kind === 'addon');
          const shown = (lines: readonly Line[]) =>
            lines.map(({ description, qty, unit_price_cents, amount_cents, meta: { from, to, days } }) => ({
              description,
              qty,
              unit_price_cents,
              amount_cents,
              from,
              to,
              days,
            }));
          expect(shown(recurringLines)).to.deep.equal(shown(quoted.first_invoice.lines));
          if (quoted.first_invoice.days_remaining < daysInMonth(month)) return;
          // Only a whole month has the whole allowance that the quote of a monthly usage is made with.
          expect(invoice.subtotal_cents).to.equal(
            quoted.first_invoice.total_cents + quoted.overage.total_cents,
          );
          expect(invoice.unpriced.map((entry) => entry.resource_kind)).to.deep.equal(quoted.unpriced);
          expect(quoted.first_invoice.total_cents).to.equal(quoted.recurring.total_cents);
        },
      ),
    );
  });

  it('has lines that add up to its totals, for any histories', () => {
    fc.assert(
      fc.property(
        fc.array(deploymentOf(april), { maxLength: 4 }),
        fc.constantFrom('0', '0.10', '0.125'),
        (list, rate) => {
          const deployments = list.map((one, index) => ({ deployment_id: `d${String(index)}`, ...one }));
          const invoice = billLines(tenant(deployments, { tax: { name: 'GST', rate } }));
          if (invoice === null) return;
          const taxLines = invoice.lines.filter(({ kind }) => kind === 'tax');
          expect(totalOf(invoice.lines)).to.equal(invoice.total_cents);
          expect(totalOf(taxLines)).to.equal(invoice.tax_cents);
          expect(invoice.subtotal_cents + invoice.tax_cents).to.equal(invoice.total_cents);
          expect(taxLines.length).to.equal(rate === '0' ? 0 : 1);
          expect(invoice.lines.filter((line) => line.deployment_id === null)).to.deep.equal(taxLines);
          for (const line of invoice.lines) expect(Number(line.meta['days'] ?? 1)).to.be.at.least(1);
        },
      ),
    );
  });

  it('splits an unchanged price into parts that come to the whole, to the cent', () => {
    fc.assert(
      fc.property(
        cents,
        period.chain((month) => dayNumberOf(month).map((n) => ({ month, n }))),
        (base, { month, n }) => {
          const terms = { ...studio, base_price_cents: base };
          const next = { ...terms, plan_version: 2 };
          const facts = journal(started('2023-01-01', terms), {
            type: 'plan_changed',
            day: nthDay(month, n),
            plan: next,
          });
          const lines = bill(tenant([deployment(facts)], { period: month })).lines.filter(
            ({ kind }) => kind === 'plan_base',
          );
          expect(totalOf(lines)).to.equal(base);
          expect(lines.reduce((days, line) => days + Number(line.meta['days']), 0)).to.equal(
            daysInMonth(month),
          );
        },
      ),
    );
  });

  it('prices tokens of a plan by usage only, never by the gateway', () => {
    const invoice = bill(
      tenant([
        deployment(journal(started(april, studio, tokens1m)), {
          llm_charges: ['12.345'],
          usage: { llm_tokens: '2000000' },
        }),
      ]),
    );
    expect(invoice.lines.map(({ kind }) => kind)).to.deep.equal(['plan_base', 'addon', 'llm_usage', 'tax']);
  });
});
