import { addCharge } from '../../../../commands/usage/add-charge.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { chargeAdded, chargeOf } from '../../../support/commands/usage-events.ts';

describe('add-charge', () => {
  it('adds the charge of a request once, also after its month was invoiced', () => {
    const { tenant_id, ...input } = chargeOf;
    const invoices = [{ invoice_id: 'i', period_start: '2026-04-01', period_end: '2026-04-30' }];
    given(addCharge, [chargeAdded])
      .when(input, { deployment: { tenant_id, state: 'archived' }, invoices })
      .then([]);
  });
});
