import { reviewInvoice } from '../../../../commands/invoicing/review-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { inJune, note, noted, reviewed, reviewing } from '../../../support/commands/correction-events.ts';
import { issued } from '../../../support/commands/invoice-events.ts';

describe('review-invoice', () => {
  it('adds nothing on an invoice that has moved on since it was compared', () => {
    for (const since of [noted(1, note(500)), reviewed(150), issued(2)])
      given(reviewInvoice, [issued(), since]).when(reviewing(), undefined, inJune).then([]);
  });

  it('adds nothing for facts that are taken in already', () => {
    for (const inputs_position of [99, 100])
      given(reviewInvoice, [issued()]).when(reviewing({ inputs_position }), undefined, inJune).then([]);
  });
});
