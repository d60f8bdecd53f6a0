import { discoverProviderInvoice } from '../../../../commands/costs/discover-provider-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { invoiceHead, discovered } from '../../../support/commands/provider-invoice-events.ts';

describe('discover-provider-invoice', () => {
  it('discovers an invoice', () => {
    given(discoverProviderInvoice).when(invoiceHead, undefined).then([discovered]);
  });
});
