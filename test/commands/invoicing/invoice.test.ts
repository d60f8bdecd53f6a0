import { expect } from 'chai';
import { invoiceId, invoiceStream } from '../../../commands/invoicing/invoice.ts';
import { issueInvoice } from '../../../commands/invoicing/issue-invoice.ts';
import type { IssueInvoice } from '../../../commands/invoicing/issue-invoice.ts';
import { payInvoice } from '../../../commands/invoicing/pay-invoice.ts';
import { voidInvoice } from '../../../commands/invoicing/void-invoice.ts';
import type { InvoiceEvent } from '../../../src/events/invoicing.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

const id = invoiceId('acme', '2026-04-01');

const april = (changes: Partial<IssueInvoice> = {}): IssueInvoice => ({
  invoice_id: id,
  tenant_id: 'acme',
  period_start: '2026-04-01',
  period_end: '2026-04-30',
  currency: 'AUD',
  subtotal_cents: 6422,
  tax_cents: 642,
  total_cents: 7064,
  tax_name: 'GST',
  tax_rate: '0.10',
  inputs_position: 100,
  lines_hash: 'hash-1',
  parts: 1,
  lines: 4,
  unpriced: [],
  force: false,
  ...changes,
});

const at = execution({ now: '2026-05-01T03:00:00.000Z' });

function issued(issue_no = 1, changes: Partial<IssueInvoice> = {}, issued_at = at.now): InvoiceEvent {
  const { force: _force, ...data } = april(changes);
  return { type: 'InvoiceIssued', data: { ...data, issue_no, issued_at } };
}
const paid: InvoiceEvent = {
  type: 'InvoicePaid',
  data: { invoice_id: id, tenant_id: 'acme', paid_at: at.now },
};
const voided: InvoiceEvent = {
  type: 'InvoiceVoided',
  data: { invoice_id: id, tenant_id: 'acme', reason: 'typo', voided_at: at.now },
};

describe('issue-invoice', () => {
  it('keeps one invoice a tenant and month', () => {
    expect(invoiceId('acme', '2026-04-01')).to.equal(id);
    expect(new Set([id, invoiceId('acme', '2026-05-01'), invoiceId('globex', '2026-04-01')]).size).to.equal(
      3,
    );
    expect(issueInvoice.stream(april())).to.equal(invoiceStream(id));
  });

  it('issues the first one as number 1, with the position of its inputs', () => {
    const result = given(issueInvoice).when(april(), undefined, at).then([issued()]);
    expect(result).to.include({ status: 'issued', issue_no: 1, inputs_position: 100, issued_at: at.now });
  });

  for (const force of [false, true]) {
    it(`refuses a month that has not ended, ${force ? 'force' : 'no force'}`, () => {
      for (const now of [
        '2026-04-30T23:59:59.999Z',
        '2026-04-01T00:00:00.000Z',
        '2026-03-31T00:00:00.000Z',
      ]) {
        given(issueInvoice).when(april({ force }), undefined, execution({ now })).refused('period-not-ended');
      }
      given(issueInvoice)
        .when(april({ force }), undefined, execution({ now: '2026-05-01T00:00:00.000Z' }))
        .then([issued(1, {}, '2026-05-01T00:00:00.000Z')]);
    });
  }

  it('skips what exists, whatever became of it', () => {
    for (const events of [[issued()], [issued(), paid], [issued(), voided]]) {
      given(issueInvoice, events)
        .when(april({ lines_hash: 'hash-2' }), undefined, at)
        .then([]);
    }
  });

  it('reissues other content when forced, and adds nothing for the same', () => {
    given(issueInvoice, [issued()])
      .when(april({ force: true, inputs_position: 200 }), undefined, at)
      .then([]);
    given(issueInvoice, [issued()])
      .when(
        april({ force: true, inputs_position: 200, lines_hash: 'hash-2', total_cents: 7065 }),
        undefined,
        at,
      )
      .then([issued(2, { inputs_position: 200, lines_hash: 'hash-2', total_cents: 7065 })]);
    const unpriced = [{ deployment_id: 'd', resource_kind: 'backup_gb_month', qty: '1' }];
    given(issueInvoice, [issued()])
      .when(april({ force: true, unpriced }), undefined, at)
      .then([issued(2, { unpriced })]);
  });

  it('never replaces what was computed from later facts', () => {
    given(issueInvoice, [issued(1, { inputs_position: 300 })])
      .when(april({ force: true, inputs_position: 299, lines_hash: 'hash-2' }), undefined, at)
      .then([]);
  });

  it('never reissues a paid or void invoice', () => {
    const again = april({ force: true, lines_hash: 'hash-2', inputs_position: 200 });
    expect(
      given(issueInvoice, [issued(), paid]).when(again, undefined, at).refused('invoice-paid').extra,
    ).to.deep.equal({ invoice_id: id });
    given(issueInvoice, [issued(), voided]).when(again, undefined, at).refused('invoice-void');
  });

  it('replaces a void issue that is named, by whatever content, and says how it was void', () => {
    const anew = april({ force: true, inputs_position: 200, reissues_void: 1 });
    const replaces_void = { voided_at: at.now, reason: 'typo' };
    const second = issued(2, { inputs_position: 200 });
    const result = given(issueInvoice, [issued(), voided])
      .when(anew, undefined, at)
      .then([{ ...second, data: { ...second.data, replaces_void } } as InvoiceEvent]);
    expect(result).to.include({ status: 'issued', issue_no: 2, voided_at: null, void_reason: null });
    // The void that was read is not the one that is there now, or there is none any more.
    given(issueInvoice, [issued(), issued(2, { inputs_position: 150 }), voided])
      .when(anew, undefined, at)
      .refused('invoice-void');
    given(issueInvoice, [issued(), paid]).when(anew, undefined, at).refused('invoice-paid');
  });
});

describe('pay-invoice', () => {
  it('pays once', () => {
    const result = given(payInvoice, [issued()]).when({ invoice_id: id }, undefined, at).then([paid]);
    expect(result).to.include({ status: 'paid', paid_at: at.now, total_cents: 7064 });
    given(payInvoice, [issued(), paid]).when({ invoice_id: id }, undefined, at).then([]);
  });

  it('refuses a void one, and one that does not exist', () => {
    given(payInvoice, [issued(), voided]).when({ invoice_id: id }, undefined, at).refused('invoice-void');
    given(payInvoice).when({ invoice_id: id }, undefined, at).refused('not-found');
  });
});

describe('void-invoice', () => {
  it('voids once; the first reason stays', () => {
    const result = given(voidInvoice, [issued()])
      .when({ invoice_id: id, reason: 'typo' }, undefined, at)
      .then([voided]);
    expect(result).to.include({ status: 'void', voided_at: at.now, void_reason: 'typo' });
    given(voidInvoice, [issued(), voided])
      .when({ invoice_id: id, reason: 'another' }, undefined, at)
      .then([]);
  });

  it('refuses a paid one, and one that does not exist', () => {
    given(voidInvoice, [issued(), paid])
      .when({ invoice_id: id, reason: null }, undefined, at)
      .refused('invoice-paid');
    given(voidInvoice).when({ invoice_id: id, reason: null }, undefined, at).refused('not-found');
  });
});
