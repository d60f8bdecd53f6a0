import { creditInvoice } from '../../../../commands/invoicing/credit-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  crediting,
  forgiven,
  inJune,
  note,
  noted,
  reviewed,
} from '../../../support/commands/correction-events.ts';
import { issued } from '../../../support/commands/invoice-events.ts';

describe('credit-invoice', () => {
  it('adds nothing on an invoice that has moved on since its tax was computed', () => {
    for (const since of [noted(1, note(500)), forgiven(1, note(-100)), reviewed(), issued(2)])
      given(creditInvoice, [issued(), since]).when(crediting(100), undefined, inJune).then([]);
  });
});
