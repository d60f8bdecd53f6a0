import { expect } from 'chai';
import { issueInvoice } from '../../../../commands/invoicing/issue-invoice.ts';
import type { InvoiceEvent } from '../../../../src/events/invoicing.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { april, inMay, issued, voided } from '../../../support/commands/invoice-events.ts';

describe('issue-invoice', () => {
  it('issues other content again when forced', () => {
    given(issueInvoice, [issued()])
      .when(
        april({ force: true, inputs_position: 200, lines_hash: 'hash-2', total_cents: 7065 }),
        undefined,
        inMay,
      )
      .then([issued(2, { inputs_position: 200, lines_hash: 'hash-2', total_cents: 7065 })]);
    const unpriced = [{ deployment_id: 'd', resource_kind: 'backup_gb_month', qty: '1' }];
    given(issueInvoice, [issued()])
      .when(april({ force: true, unpriced }), undefined, inMay)
      .then([issued(2, { unpriced })]);
  });

  it('replaces the void issue that is named, with any content, and says how it was void', () => {
    const anew = april({ force: true, inputs_position: 200, reissues_void: 1 });
    const replaces_void = { voided_at: inMay.now, reason: 'typo' };
    const second = issued(2, { inputs_position: 200 });
    const result = given(issueInvoice, [issued(), voided])
      .when(anew, undefined, inMay)
      .then([{ ...second, data: { ...second.data, replaces_void } } as InvoiceEvent]);
    expect(result).to.include({ status: 'issued', issue_no: 2, voided_at: null, void_reason: null });
  });
});
