import { expect } from 'chai';
import { addCharge } from '../../../../commands/usage/add-charge.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { chargeAdded, chargeOf } from '../../../support/commands/usage-events.ts';

const { tenant_id, ...input } = chargeOf;
const context = { deployment: { tenant_id, state: 'active' }, invoices: [] };

describe('add-charge', () => {
  it('charges a deployment on a day', () => {
    expect(
      given(addCharge)
        .when(input, context)
        .then([{ ...chargeAdded, effective_at: '2026-04-01' }]),
    ).to.deep.equal({ ...chargeOf, void_reason: null });
  });

  it('takes today where no day is given, and a discount', () => {
    const { day: _day, ...undated } = input;
    given(addCharge)
      .when({ ...undated, amount_cents: -1 }, context)
      .then([{ type: 'ChargeAdded', data: { ...chargeOf, amount_cents: -1, day: '2026-05-01' } }]);
  });

  it('takes any state but archived, and a day up to a year ahead', () => {
    for (const state of ['trial', 'past_due', 'paused', 'suspended', 'cancelled']) {
      const data = { ...chargeOf, day: '2027-05-02' };
      given(addCharge)
        .when(
          { ...input, day: '2027-05-02' },
          { ...context, deployment: { tenant_id, state } },
          execution({ now: '2026-05-01T23:59:59.999Z' }),
        )
        .then([{ type: 'ChargeAdded', data, effective_at: '2027-05-02' }]);
    }
  });

  it('takes the month before and after an invoiced one', () => {
    const invoices = [{ invoice_id: 'i', period_start: '2026-04-01', period_end: '2026-04-30' }];
    for (const day of ['2026-03-31', '2026-05-01']) {
      const effective = day === '2026-05-01' ? {} : { effective_at: day };
      given(addCharge)
        .when({ ...input, day }, { ...context, invoices })
        .then([{ type: 'ChargeAdded', data: { ...chargeOf, day }, ...effective }]);
    }
  });
});
