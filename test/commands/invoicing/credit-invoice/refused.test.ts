import { expect } from 'chai';
import { creditInvoice } from '../../../../commands/invoicing/credit-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { crediting, forgiven, inJune, note, noted } from '../../../support/commands/correction-events.ts';
import { aprilInvoiceId, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('credit-invoice', () => {
  it('refuses an invoice that does not exist, and a void one', () => {
    given(creditInvoice).when(crediting(100), undefined, inJune).refused('not-found');
    given(creditInvoice, [issued(), voided]).when(crediting(100), undefined, inJune).refused('invoice-void');
  });

  it('refuses more than is left, and says what is', () => {
    const { extra } = given(creditInvoice, [issued()])
      .when(crediting(6423), undefined, inJune)
      .refused('credit-above-invoice');
    expect(extra).to.deep.equal({
      invoice_id: aprilInvoiceId,
      left_subtotal_cents: 6422,
      left_total_cents: 7064,
    });
  });

  it('counts corrections and earlier goodwill', () => {
    const events = [issued(), noted(1, note(-1000)), forgiven(2, note(-400))];
    const basis = { issue_no: 1, corrections: 2, reviewed_position: 200 };
    const { extra } = given(creditInvoice, events)
      .when(crediting(5023, basis), undefined, inJune)
      .refused('credit-above-invoice');
    expect(extra).to.include({ left_subtotal_cents: 5022, left_total_cents: 5524 });
  });
});
