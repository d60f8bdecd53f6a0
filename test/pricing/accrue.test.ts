import { expect } from 'chai';
import { accrue } from '../../src/pricing/accrue.ts';
import type { TenantInvoicingInputs } from '../../src/pricing/invoice.ts';
import { billLines } from '../support/pricing/bill-lines.ts';
import { journal, started } from '../support/pricing/history.ts';
import { deploymentInputs } from '../support/pricing/inputs.ts';
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
        total_cents: 3,
      },
      {
        deployment_id: 'started',
        tenant_id: 't1',
        plan_code: 'pro',
        recurring_cents: 6000,
        overage_cents: 0,
        llm_cents: 0,
        total_cents: 6000,
      },
      {
        deployment_id: 'whole',
        tenant_id: 't1',
        plan_code: 'studio',
        recurring_cents: 5750,
        overage_cents: 12,
        llm_cents: 11,
        total_cents: 5773,
      },
    ]);
  });

  it('adds up to the subtotal of the invoice over the same inputs', () => {
    const total = accrue(inputs).reduce((sum, { total_cents }) => sum + total_cents, 0);
    expect(total).to.equal(billLines(inputs)?.subtotal_cents);
  });
});
