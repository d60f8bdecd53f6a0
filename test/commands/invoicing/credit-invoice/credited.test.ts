import { expect } from 'chai';
import { creditInvoice } from '../../../../commands/invoicing/credit-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { crediting, forgiven, inJune, note, noted } from '../../../support/commands/correction-events.ts';
import { issued, paid } from '../../../support/commands/invoice-events.ts';

describe('credit-invoice', () => {
  it('gives goodwill, also on a paid invoice, and leaves late facts late', () => {
    for (const events of [[issued()], [issued(), paid]]) {
      const result = given(creditInvoice, events)
        .when(crediting(100), undefined, inJune)
        .then([forgiven(1, note(-100, { reason: 'an outage' }))]);
      expect(result).to.include({ reviewed_position: 100 });
    }
  });

  it('gives up to the last cent of the invoice with its corrections', () => {
    const whole = crediting(6922, { issue_no: 1, corrections: 1, reviewed_position: 200 });
    const rounded = note(-6922, { tax_cents: -692, total_cents: -7614 });
    given(creditInvoice, [issued(), noted(1, note(500))])
      .when({ ...whole, note: rounded }, undefined, inJune)
      .then([forgiven(2, rounded)]);
  });
});
