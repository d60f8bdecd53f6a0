import { expect } from 'chai';
import { invoiceId, invoiceStream } from '../../../../commands/invoicing/invoice.ts';
import { issueInvoice } from '../../../../commands/invoicing/issue-invoice.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { aprilInvoiceId, april, inMay, issued } from '../../../support/commands/invoice-events.ts';

describe('issue-invoice', () => {
  it('keeps one invoice a tenant and month', () => {
    expect(invoiceId('acme', '2026-04-01')).to.equal(aprilInvoiceId);
    expect(
      new Set([aprilInvoiceId, invoiceId('acme', '2026-05-01'), invoiceId('globex', '2026-04-01')]).size,
    ).to.equal(3);
    expect(issueInvoice.stream(april())).to.equal(invoiceStream(aprilInvoiceId));
  });

  it('issues the first one as number 1, with the position of its inputs', () => {
    const result = given(issueInvoice).when(april(), undefined, inMay).then([issued()]);
    expect(result).to.include({ status: 'issued', issue_no: 1, inputs_position: 100, issued_at: inMay.now });
  });
});
