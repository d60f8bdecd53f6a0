import { expect } from 'chai';
import { payInvoice } from '../../../../commands/invoicing/pay-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, paid } from '../../../support/commands/invoice-events.ts';

describe('pay-invoice', () => {
  it('pays an issued invoice', () => {
    const result = given(payInvoice, [issued()])
      .when({ invoice_id: aprilInvoiceId }, undefined, inMay)
      .then([paid]);
    expect(result).to.include({ status: 'paid', paid_at: inMay.now, total_cents: 7064 });
  });
});
