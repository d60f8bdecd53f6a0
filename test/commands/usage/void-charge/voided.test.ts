import { expect } from 'chai';
import { voidCharge } from '../../../../commands/usage/void-charge.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { chargeAdded, chargeOf, chargeVoided } from '../../../support/commands/usage-events.ts';

describe('void-charge', () => {
  it('takes a charge back', () => {
    expect(
      given(voidCharge, [chargeAdded])
        .when({ charge_id: 'c', deployment_id: 'd', reason: 'twice' }, { invoices: [] })
        .then([chargeVoided]),
    ).to.deep.equal({ ...chargeOf, void_reason: 'twice' });
  });
});
