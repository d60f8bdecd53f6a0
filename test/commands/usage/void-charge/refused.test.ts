import { voidCharge } from '../../../../commands/usage/void-charge.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { chargeAdded } from '../../../support/commands/usage-events.ts';

describe('void-charge', () => {
  const input = { charge_id: 'c', deployment_id: 'd', reason: 'r' };

  it('refuses a charge that is not known, or of another deployment', () => {
    given(voidCharge).when(input, { invoices: [] }).refused('not-found');
    given(voidCharge, [chargeAdded])
      .when({ ...input, deployment_id: 'other' }, { invoices: [] })
      .refused('not-found');
  });

  it('refuses a charge of an invoiced month', () => {
    const invoices = [{ invoice_id: 'i', period_start: '2026-04-01', period_end: '2026-04-30' }];
    given(voidCharge, [chargeAdded]).when(input, { invoices }).refused('period-invoiced');
  });
});
