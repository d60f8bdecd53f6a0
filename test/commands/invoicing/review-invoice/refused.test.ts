import { reviewInvoice } from '../../../../commands/invoicing/review-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { inJune, reviewing } from '../../../support/commands/correction-events.ts';
import { issued, voided } from '../../../support/commands/invoice-events.ts';

describe('review-invoice', () => {
  it('refuses an invoice that does not exist, and a void one', () => {
    given(reviewInvoice).when(reviewing(), undefined, inJune).refused('not-found');
    given(reviewInvoice, [issued(), voided]).when(reviewing(), undefined, inJune).refused('invoice-void');
  });
});
