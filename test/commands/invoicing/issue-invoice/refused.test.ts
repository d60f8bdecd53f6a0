import { expect } from 'chai';
import { issueInvoice } from '../../../../commands/invoicing/issue-invoice.ts';
import { execution, given } from '../../../support/commands/command-spec.ts';
import { forgiven, note, noted } from '../../../support/commands/correction-events.ts';
import {
  aprilInvoiceId,
  april,
  inMay,
  issued,
  paid,
  voided,
} from '../../../support/commands/invoice-events.ts';

describe('issue-invoice', () => {
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

  it('refuses to issue a paid or void invoice again', () => {
    const again = april({ force: true, lines_hash: 'hash-2', inputs_position: 200 });
    expect(
      given(issueInvoice, [issued(), paid]).when(again, undefined, inMay).refused('invoice-paid').extra,
    ).to.deep.equal({ invoice_id: aprilInvoiceId });
    given(issueInvoice, [issued(), voided]).when(again, undefined, inMay).refused('invoice-void');
  });

  it('refuses to issue an invoice with notes again: they bring it up to date', () => {
    for (const events of [
      [issued(), noted(1, note(500))],
      [issued(), forgiven(1, note(-100))],
      [issued(), paid, noted(1, note(500))],
    ]) {
      const again = april({ force: true, lines_hash: 'hash-2', inputs_position: 300 });
      const { extra } = given(issueInvoice, events)
        .when(again, undefined, inMay)
        .refused('invoice-corrected');
      expect(extra).to.deep.equal({ invoice_id: aprilInvoiceId });
      given(issueInvoice, events)
        .when(april({ lines_hash: 'hash-2' }), undefined, inMay)
        .then([]);
    }
  });

  it('refuses to replace a void issue that is no longer the latest', () => {
    const anew = april({ force: true, inputs_position: 200, reissues_void: 1 });
    // The void that the roll-up read has been replaced since, or its invoice is no longer void.
    given(issueInvoice, [issued(), issued(2, { inputs_position: 150 }), voided])
      .when(anew, undefined, inMay)
      .refused('invoice-void');
    given(issueInvoice, [issued(), paid]).when(anew, undefined, inMay).refused('invoice-paid');
  });
});
