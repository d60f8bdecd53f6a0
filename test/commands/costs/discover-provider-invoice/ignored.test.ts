import { discoverProviderInvoice } from '../../../../commands/costs/discover-provider-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { invoiceHead, discovered } from '../../../support/commands/provider-invoice-events.ts';

describe('discover-provider-invoice', () => {
  it('adds nothing for an invoice that is known', () => {
    given(discoverProviderInvoice, [discovered])
      .when({ ...invoiceHead, amount_cents: 1 }, undefined)
      .then([]);
  });
});
