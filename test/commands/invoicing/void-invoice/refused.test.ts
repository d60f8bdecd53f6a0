import { voidInvoice } from '../../../../commands/invoicing/void-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, paid } from '../../../support/commands/invoice-events.ts';

describe('void-invoice', () => {
  it('refuses a paid invoice, one that has payments or credits, and one that does not exist', () => {
    given(voidInvoice, [issued(), paid])
      .when({ invoice_id: aprilInvoiceId, reason: null }, { allocated_cents: 0 }, inMay)
      .refused('invoice-paid');
    given(voidInvoice, [issued()])
      .when({ invoice_id: aprilInvoiceId, reason: null }, { allocated_cents: 1 }, inMay)
      .refused('invoice-paid');
    given(voidInvoice)
      .when({ invoice_id: aprilInvoiceId, reason: null }, { allocated_cents: 0 }, inMay)
      .refused('not-found');
  });
});
