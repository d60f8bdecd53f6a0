import { issueInvoice } from '../../../../commands/invoicing/issue-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { april, inMay, issued, paid, voided } from '../../../support/commands/invoice-events.ts';

describe('issue-invoice', () => {
  it('adds nothing for an invoice that exists, in any status', () => {
    for (const events of [[issued()], [issued(), paid], [issued(), voided]]) {
      given(issueInvoice, events)
        .when(april({ lines_hash: 'hash-2' }), undefined, inMay)
        .then([]);
    }
  });

  it('adds nothing for the same content when forced', () => {
    given(issueInvoice, [issued()])
      .when(april({ force: true, inputs_position: 200 }), undefined, inMay)
      .then([]);
  });

  it('does not replace an issue that was computed from later facts', () => {
    given(issueInvoice, [issued(1, { inputs_position: 300 })])
      .when(april({ force: true, inputs_position: 299, lines_hash: 'hash-2' }), undefined, inMay)
      .then([]);
  });
});
