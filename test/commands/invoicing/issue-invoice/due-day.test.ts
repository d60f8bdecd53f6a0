import { expect } from 'chai';
import { issueInvoice } from '../../../../commands/invoicing/issue-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { april, inMay, issued } from '../../../support/commands/invoice-events.ts';

describe('issue-invoice: the last day to pay', () => {
  it('is the day of the issue and the days that the customer has to pay', () => {
    const terms = { net_days: 30 };
    const result = given(issueInvoice)
      .when(april(terms), undefined, inMay)
      .then([issued(1, terms)]);
    expect(result?.due_on).to.equal('2026-05-31');
  });

  it('is the same day without any', () => {
    const terms = { net_days: 0 };
    const result = given(issueInvoice)
      .when(april(terms), undefined, inMay)
      .then([issued(1, terms)]);
    expect(result?.due_on).to.equal('2026-05-01');
  });

  it('stays as it is when only the terms have changed since', () => {
    given(issueInvoice, [issued()])
      .when(april({ net_days: 60, force: true }), undefined, inMay)
      .then([]);
  });
});
