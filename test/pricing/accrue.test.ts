import { expect } from 'chai';
import { accrue } from '../../src/pricing/accrue.ts';
import type { TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import { journal, started } from '../support/pricing/history.ts';
import { deploymentInputs, oneOff } from '../support/pricing/inputs.ts';
import { pro, storage50, studio } from '../support/pricing/sample-terms.ts';

const inputs: TenantInvoicingInputs = {
  tenant_id: 't1',
  period: '2026-04-01',
  currency: 'AUD',
  tax: { name: 'GST', rate: '0.10' },
  resource_prices: [],
  deployments: [
    deploymentInputs({
      deployment_id: 'whole',
      facts: journal(started('2026-02-01', studio, storage50)),
      usage: { droplet_hours: '1500' },
      llm_charges: ['10.5'],
    }),
    deploymentInputs({ deployment_id: 'started', facts: journal(started('2026-04-16', pro)) }),
    deploymentInputs({ deployment_id: 'later', facts: journal(started('2026-05-01', pro)) }),
    deploymentInputs({ deployment_id: 'gateway', usage: { droplet_hours: '5' }, llm_charges: ['3'] }),
  ],
};

describe('accrue', () => {
  it('shows per deployment what the month would be invoiced at, before tax', () => {
    expect(accrue(inputs)).to.deep.equal([
      {
        deployment_id: 'gateway',
        tenant_id: 't1',
        plan_code: null,
        recurring_cents: 0,
        overage_cents: 0,
        llm_cents: 3,
        charges_cents: 0,
        total_cents: 3,
      },
      {
        deployment_id: 'started',
        tenant_id: 't1',
        plan_code: 'pro',
        recurring_cents: 6000,
        overage_cents: 0,
        llm_cents: 0,
        charges_cents: 0,
        total_cents: 6000,
      },
      {
        deployment_id: 'whole',
        tenant_id: 't1',
        plan_code: 'studio',
        recurring_cents: 5750,
        overage_cents: 12,
        llm_cents: 11,
        charges_cents: 0,
        total_cents: 5773,
      },
    ]);
  });

  it('shows one-off charges apart, of deployments without a subscription too', () => {
    const charged = {
      ...inputs,
      deployments: [
        deploymentInputs({
          facts: journal(started('2026-02-01', studio)),
          charges: [oneOff(1, '2026-04-02', -700)],
        }),
        deploymentInputs({
          deployment_id: 'ended',
          charges: [oneOff(2, '2026-04-03', 150), oneOff(3, '2026-04-03', 5)],
        }),
      ],
    };
    expect(
      accrue(charged).map(({ plan_code, recurring_cents, charges_cents, total_cents }) => [
        plan_code,
        recurring_cents,
        charges_cents,
        total_cents,
      ]),
    ).to.deep.equal([
      ['studio', 5000, -700, 4300],
      [null, 0, 155, 155],
    ]);
  });

  it('refuses a month that its discounts bring below zero, and takes one of exactly zero', () => {
    const discounted = (amount_cents: number) => ({
      ...inputs,
      deployments: [
        deploymentInputs({
          facts: journal(started('2026-02-01', studio)),
          charges: [oneOff(1, '2026-04-02', amount_cents)],
        }),
      ],
    });
    expect(accrue(discounted(-5000))[0]?.total_cents).to.equal(0);
    expect(() => accrue(discounted(-5001))).to.throw(RangeError, 'the month comes to −0.01 AUD');
  });

  it('adds up to the subtotal of the invoice over the same inputs', () => {
    const total = accrue(inputs).reduce((sum, { total_cents }) => sum + total_cents, 0);
    expect(total).to.equal(billLines(inputs)?.subtotal_cents);
  });
});
