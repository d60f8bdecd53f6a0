import { expect } from 'chai';
import { voidInvoice } from '../../../../commands/invoicing/void-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, inMay, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('void-invoice', () => {
  it('voids an issued invoice', () => {
    const result = given(voidInvoice, [issued()])
      .when({ invoice_id: aprilInvoiceId, reason: 'typo' }, { allocated_cents: 0 }, inMay)
      .then([voided]);
    expect(result).to.include({ status: 'void', voided_at: inMay.now, void_reason: 'typo' });
  });
});
