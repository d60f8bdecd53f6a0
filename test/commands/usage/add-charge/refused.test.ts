import { expect } from 'chai';
import { addCharge, type AddCharge } from '../../../../commands/usage/add-charge.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { chargeOf } from '../../../support/commands/usage-events.ts';

const { tenant_id, ...input } = chargeOf;
const invoices = [{ invoice_id: 'i', period_start: '2026-04-01', period_end: '2026-04-30' }];
const context = { deployment: { tenant_id, state: 'active' }, invoices: [] };
const charged = (changes: Partial<AddCharge>) => given(addCharge).when({ ...input, ...changes }, context);

describe('add-charge', () => {
  it('refuses an unknown deployment', () => {
    given(addCharge).when(input, { deployment: null, invoices: [] }).refused('not-found');
  });

  it('refuses an archived deployment', () => {
    given(addCharge)
      .when(input, { deployment: { tenant_id, state: 'archived' }, invoices: [] })
      .refused('deployment-closed');
  });

  it('refuses a day of an invoiced month, and names the invoice', () => {
    for (const day of ['2026-04-01', '2026-04-30']) {
      const refusal = given(addCharge)
        .when({ ...input, day }, { ...context, invoices })
        .refused('period-invoiced');
      expect(refusal.extra).to.deep.equal({ invoice_id: 'i', period: '2026-04-01' });
    }
  });

  it('refuses an amount of nothing, and more than a month can come to', () => {
    for (const amount_cents of [0, 1_000_000_000_001, -1_000_000_000_001])
      expect(charged({ amount_cents }).refused('invalid-input').errors?.[0]?.path).to.equal('amount_cents');
  });

  it('refuses a day too far back, and more than a year ahead', () => {
    charged({ day: '2025-03-26' }).refused('too-old');
    expect(charged({ day: '2027-05-03' }).refused('invalid-input').errors?.[0]?.path).to.equal('day');
  });
});
