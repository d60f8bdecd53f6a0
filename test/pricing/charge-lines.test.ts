import { expect } from 'chai';
import fc from 'fast-check';
import { billableMonth } from '../../src/pricing/billable.ts';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { lineSteps } from '../../src/pricing/line-steps.ts';
import { totalOf } from '../../src/pricing/money.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import { journal, started } from '../support/pricing/history.ts';
import { deploymentInputs, deploymentOf, oneOff } from '../support/pricing/inputs.ts';
import { studio } from '../support/pricing/sample-terms.ts';

const april = '2026-04-01';
const tenant = (...deployments: DeploymentInvoicingInputs[]): TenantInvoicingInputs => ({
  tenant_id: 't1',
  period: april,
  currency: 'AUD',
  tax: { name: 'GST', rate: '0.10' },
  resource_prices: [],
  deployments,
});
const subscribed = journal(started('2026-04-01', studio));

describe('one-off charges of a month', () => {
  it('are a line each behind the LLM usage of their deployment, taxed like the rest', () => {
    const invoice = billLines(
      tenant(
        deploymentInputs({ deployment_id: 'b', charges: [oneOff(3, '2026-04-30', 40)] }),
        deploymentInputs({
          deployment_id: 'a',
          facts: subscribed,
          llm_charges: ['7'],
          charges: [oneOff(1, '2026-04-02', 1250), oneOff(2, '2026-04-02', -1250)],
        }),
      ),
    );
    expect(
      invoice?.lines.map(({ deployment_id, kind, amount_cents }) => [deployment_id, kind, amount_cents]),
    ).to.deep.equal([
      ['a', 'plan_base', 5000],
      ['a', 'llm_usage', 7],
      ['a', 'charge', 1250],
      ['a', 'charge', -1250],
      ['b', 'charge', 40],
      [null, 'tax', 505],
    ]);
    expect(invoice?.lines[3]).to.deep.equal({
      deployment_id: 'a',
      kind: 'charge',
      resource_kind: null,
      description: 'Charge 2',
      qty: '1',
      unit: 'each',
      unit_price_cents: -1250,
      amount_cents: -1250,
      meta: { charge_id: 'c2', day: '2026-04-02' },
    });
  });

  it('change no other line of the month', () => {
    fc.assert(
      fc.property(deploymentOf(april), (one) => {
        const withCharges = { ...one, deployment_id: 'd' };
        const without = billLines(tenant({ ...withCharges, charges: [] }))?.lines ?? [];
        const lines = billLines(tenant(withCharges))?.lines ?? [];
        const others = (all: typeof lines) => all.filter(({ kind }) => kind !== 'charge' && kind !== 'tax');
        expect(others(lines)).to.deep.equal(others(without));
        expect(totalOf(lines.filter(({ kind }) => kind === 'charge'))).to.equal(totalOf(one.charges));
      }),
    );
  });

  it('are explained by their price, rounded once like any line', () => {
    const charge = oneOff(1, '2026-04-02', -1250);
    const month = billableMonth(tenant(deploymentInputs({ facts: subscribed, charges: [charge] })));
    const line = month?.lines.find(({ inputs }) => inputs.kind === 'charge');
    if (line === undefined) throw new Error('no line');
    expect(line.inputs).to.deep.equal({ kind: 'charge', charge });
    expect(lineSteps(line)).to.deep.equal([
      {
        name: 'exact_cents',
        operation: 'product',
        operands: [
          { name: 'qty', value: '1' },
          { name: 'unit_price_cents', value: -1250 },
        ],
        result: '-1250',
        rounding: null,
      },
      {
        name: 'amount_cents',
        operation: 'round',
        operands: [{ name: 'exact_cents', value: '-1250' }],
        result: -1250,
        rounding: 'half-away-from-zero',
        places: 0,
      },
    ]);
  });

  it('can bring a month to zero, and never below', () => {
    const discounted = (cents: number) =>
      billableMonth(
        tenant(deploymentInputs({ facts: subscribed, charges: [oneOff(1, '2026-04-02', cents)] })),
      );
    expect(discounted(-5000)?.total_cents).to.equal(0);
    expect(() => discounted(-5010)).to.throw(
      RangeError,
      'the month comes to −0.11 AUD: its discounts exceed what is charged',
    );
  });
});
