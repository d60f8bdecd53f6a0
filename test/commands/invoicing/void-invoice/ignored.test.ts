import { voidInvoice } from '../../../../commands/invoicing/void-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('void-invoice', () => {
  it('keeps the first reason', () => {
    given(voidInvoice, [issued(), voided])
      .when({ invoice_id: aprilInvoiceId, reason: 'another' }, { allocated_cents: 0 }, inMay)
      .then([]);
  });
});
