import { expect } from 'chai';
import fc from 'fast-check';
import type { BilledInvoice, TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { billTenant } from '../../src/pricing/bill-tenant.ts';
import type { LineWithInputs } from '../../src/pricing/line-inputs.ts';
import { lineSteps } from '../../src/pricing/line-steps.ts';
import type { Step } from '../../src/pricing/step.ts';
import { price } from '../support/pricing/arbitraries.ts';
import { journal, started } from '../support/pricing/history.ts';
import { deploymentInputs, deploymentOf } from '../support/pricing/inputs.ts';
import { pro, storage50, studio } from '../support/pricing/sample-terms.ts';
import { expectSteps } from '../support/invoicing/explain-steps.ts';

const tenant: fc.Arbitrary<TenantInvoicingInputs> = fc
  .constantFrom('2026-02-01', '2026-03-01', '2026-04-01', '2026-05-01')
  .chain((period) =>
    fc.record({
      tenant_id: fc.constant('t1'),
      period: fc.constant(period),
      currency: fc.constant('AUD'),
      tax: fc.record({
        name: fc.constant('GST'),
        rate: fc.constantFrom('0', '0.1', '0.10', '0.125', '0.07', '1'),
      }),
      resource_prices: fc.array(price, { maxLength: 8 }),
      deployments: fc
        .array(deploymentOf(period), { minLength: 1, maxLength: 3 })
        .map((all) => all.map((one, index) => ({ deployment_id: `d${String(index)}`, ...one }))),
    }),
  );

interface ExplainedLine extends LineWithInputs {
  steps: Step[];
}

/** A tenant's month as billed, each line with its arithmetic; null when nothing is billed. */
function explainedMonth(
  inputs: TenantInvoicingInputs,
): { billed: BilledInvoice; lines: ExplainedLine[] } | null {
  const billed = billTenant(inputs);
  if (billed === null) return null;
  return { billed, lines: billed.lines.map((line) => ({ ...line, steps: lineSteps(line) })) };
}

/** Expects a line's inputs to be of the line's kind, and its days to be those of its runs. */
function expectInputs({ line, inputs }: ExplainedLine): void {
  expect(inputs.kind).to.equal(line.kind);
  if (inputs.kind === 'plan_base' || inputs.kind === 'addon') {
    expect(inputs.in_force.reduce((days, run) => days + run.days, 0)).to.equal(line.meta['days']);
  }
  if (inputs.kind === 'overage') {
    expect(inputs.item === null, 'a plan item or a resource price').to.equal(inputs.price !== null);
    expect(inputs.item?.overage_price_cents ?? inputs.price?.price_cents).to.equal(line.unit_price_cents);
  }
}

describe('an explained month', () => {
  it('has the billed lines, each with steps that are right', () => {
    let lines = 0;
    fc.assert(
      fc.property(tenant, (inputs) => {
        const billed = billTenant(inputs);
        const explained = explainedMonth(inputs);
        expect(explained?.billed ?? null).to.deep.equal(billed);
        expect(explained?.lines.map(({ line }) => line)).to.deep.equal(billed?.lines.map(({ line }) => line));
        for (const one of explained?.lines ?? []) {
          expectInputs(one);
          expectSteps(one.steps, one.line.amount_cents, one.line.description);
          lines += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(lines).to.be.greaterThan(500);
  });

  it('names every run of days with the event that set it, and what changed in between', () => {
    const facts = journal(
      { ...started('2026-03-01', studio), event_id: 'e-started' },
      { type: 'plan_changed', day: '2026-04-11', plan: pro, event_id: 'e-pro' },
      {
        type: 'addon_attached',
        day: '2026-04-16',
        attachment_id: 'a1',
        addon: storage50,
        event_id: 'e-addon',
      },
      { type: 'plan_changed', day: '2026-04-21', plan: studio, event_id: 'e-back' },
      { type: 'paused', day: '2026-04-26', event_id: 'e-paused' },
      { type: 'resumed', day: '2026-04-29', event_id: 'e-resumed' },
      { type: 'cancelled', day: '2026-05-02', event_id: 'e-later' },
    );
    const explained = explainedMonth({
      tenant_id: 't1',
      period: '2026-04-01',
      currency: 'AUD',
      tax: { name: 'GST', rate: '0.1' },
      resource_prices: [],
      deployments: [deploymentInputs({ facts })],
    });
    const changes = [
      ['2026-04-11', 'e-pro'],
      ['2026-04-16', 'e-addon'],
      ['2026-04-21', 'e-back'],
      ['2026-04-26', 'e-paused'],
      ['2026-04-29', 'e-resumed'],
    ];
    const inputsShown = explained?.lines.map(({ inputs }) =>
      inputs.kind !== 'plan_base' && inputs.kind !== 'addon'
        ? inputs.kind
        : {
            event: inputs.kind === 'addon' ? inputs.attachment.event_id : inputs.event_id,
            runs: inputs.in_force.map(({ from, to, days, event_id }) => [from, to, days, event_id]),
            changes: inputs.changes.map(({ day, event_id }) => [day, event_id]),
          },
    );
    expect(inputsShown).to.deep.equal([
      {
        event: 'e-started',
        changes,
        runs: [['2026-04-01', '2026-04-10', 10, 'e-started']],
      },
      { event: 'e-pro', changes, runs: [['2026-04-11', '2026-04-20', 10, 'e-pro']] },
      { event: 'e-back', changes, runs: [['2026-04-21', '2026-04-25', 5, 'e-back']] },
      { event: 'e-back', changes, runs: [['2026-04-29', '2026-04-30', 2, 'e-back']] },
      { event: 'e-addon', changes, runs: [['2026-04-16', '2026-04-25', 10, 'e-addon']] },
      { event: 'e-addon', changes, runs: [['2026-04-29', '2026-04-30', 2, 'e-addon']] },
      'tax',
    ]);
  });

  it('shows where a hard cap limits the overage', () => {
    const [first] = studio.items;
    if (first === undefined) throw new Error('the sample plan has no item');
    const capped = { ...studio, items: [{ ...first, hard_cap_qty: '100' }] };
    const inputs = (used: string): TenantInvoicingInputs => ({
      tenant_id: 't1',
      period: '2026-04-01',
      currency: 'AUD',
      tax: { name: 'GST', rate: '0' },
      resource_prices: [],
      deployments: [
        deploymentInputs({
          facts: journal(started('2026-04-01', capped)),
          usage: { [first.resource_kind]: used },
        }),
      ],
    });
    const results = (used: string) =>
      explainedMonth(inputs(used))?.lines[1]?.steps.map(({ name, result }) => [name, result]);
    expect(results('1688.5')).to.deep.equal([
      ['addon_qty', '0'],
      ['allowance', '1488'],
      ['excess_qty', '200.5'],
      ['overage_qty', '100'],
      ['exact_cents', '100'],
      ['amount_cents', 100],
    ]);
    expect(results('1500.5')).to.deep.equal([
      ['addon_qty', '0'],
      ['allowance', '1488'],
      ['excess_qty', '12.5'],
      ['overage_qty', '12.5'],
      ['exact_cents', '12.5'],
      ['amount_cents', 13],
    ]);
  });

  it('is null where nothing is billed', () => {
    expect(
      explainedMonth({
        tenant_id: 't1',
        period: '2026-04-01',
        currency: 'AUD',
        tax: { name: 'GST', rate: '0.1' },
        resource_prices: [],
        deployments: [],
      }),
    ).to.equal(null);
  });
});
