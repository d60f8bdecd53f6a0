import { expect } from 'chai';
import { reviewInvoice } from '../../../../commands/invoicing/review-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import {
  inJune,
  note,
  noted,
  nothingUnbilled,
  reviewed,
  reviewing,
} from '../../../support/commands/correction-events.ts';
import { issued, paid } from '../../../support/commands/invoice-events.ts';

describe('review-invoice', () => {
  it('takes late facts in, whether the invoice is paid or not', () => {
    for (const events of [[issued()], [issued(), paid]]) {
      const result = given(reviewInvoice, events).when(reviewing(), undefined, inJune).then([reviewed()]);
      expect(result).to.include({ reviewed_position: 200, total_cents: 7064 });
      expect(result?.corrections).to.deep.equal([]);
    }
  });

  it('follows a correction, and says what is not billed now', () => {
    const not_billed = {
      ...nothingUnbilled,
      unpriced: [{ deployment_id: 'd', resource_kind: 'dns_zones', qty: '1' }],
    };
    const basis = { issue_no: 1, corrections: 1, reviewed_position: 200 };
    const event = reviewed(300);
    const result = given(reviewInvoice, [issued(), noted(1, note(500))])
      .when(reviewing({ basis, inputs_position: 300, not_billed }), undefined, inJune)
      .then([{ ...event, data: { ...event.data, not_billed } } as typeof event]);
    expect(result?.unpriced).to.deep.equal(not_billed.unpriced);
  });
});
