import { payInvoice } from '../../../../commands/invoicing/pay-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('pay-invoice', () => {
  it('refuses a void invoice, and one that does not exist', () => {
    given(payInvoice, [issued(), voided])
      .when({ invoice_id: aprilInvoiceId }, undefined, inMay)
      .refused('invoice-void');
    given(payInvoice).when({ invoice_id: aprilInvoiceId }, undefined, inMay).refused('not-found');
  });
});
