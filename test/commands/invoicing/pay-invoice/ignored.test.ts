import { payInvoice } from '../../../../commands/invoicing/pay-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, paid } from '../../../support/commands/invoice-events.ts';

describe('pay-invoice', () => {
  it('adds nothing for a paid invoice', () => {
    given(payInvoice, [issued(), paid]).when({ invoice_id: aprilInvoiceId }, undefined, inMay).then([]);
  });
});
