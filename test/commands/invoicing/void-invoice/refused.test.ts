import { expect } from 'chai';
import { voidInvoice } from '../../../../commands/invoicing/void-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { forgiven, note, noted } from '../../../support/commands/correction-events.ts';
import { aprilInvoiceId, inMay, issued, paid } from '../../../support/commands/invoice-events.ts';

describe('void-invoice', () => {
  it('refuses an invoice that notes refer to, whatever was paid of it', () => {
    for (const since of [noted(1, note(500)), noted(1, note(-500)), forgiven(1, note(-100))])
      for (const allocated_cents of [0, 1]) {
        const { extra } = given(voidInvoice, [issued(), since])
          .when({ invoice_id: aprilInvoiceId, reason: null }, { allocated_cents }, inMay)
          .refused('invoice-corrected');
        expect(extra).to.deep.equal({ invoice_id: aprilInvoiceId });
      }
  });

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
