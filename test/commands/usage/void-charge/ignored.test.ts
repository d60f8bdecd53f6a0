import { expect } from 'chai';
import { voidCharge } from '../../../../commands/usage/void-charge.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { chargeAdded, chargeVoided } from '../../../support/commands/usage-events.ts';

describe('void-charge', () => {
  it('keeps the first reason, also after the month was invoiced', () => {
    const invoices = [{ invoice_id: 'i', period_start: '2026-04-01', period_end: '2026-04-30' }];
    expect(
      given(voidCharge, [chargeAdded, chargeVoided])
        .when({ charge_id: 'c', deployment_id: 'd', reason: 'again' }, { invoices })
        .then([])?.void_reason,
    ).to.equal('twice');
  });
});
