import { expect } from 'chai';
import { documents } from '../../../projections/documents/documents.ts';
import { documentsDue, frozenDocuments, numbersDue } from '../../../projections/documents/tables.ts';
import { frozen } from '../../support/commands/document-events.ts';
import { issued } from '../../support/commands/invoice-events.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

const ofInvoice = { invoice_id: 'invoice-1' };
const numbered: LedgerEvent = {
  type: 'InvoicesNumbered',
  data: { year: 2026, prefix: 'ACME', from: 1, invoice_ids: ['invoice-1'] },
};
const due = {
  kind: 'invoice',
  subject_id: 'invoice-1',
  tenant_id: 'acme',
  issued_on: '2026-05-01',
  position: 1,
};

describe('projection documents', () => {
  it('holds what waits for its number, by its first issue', () => {
    const table = projectTwice(documents, [issued(1, ofInvoice), issued(2, ofInvoice)]);
    expect(table(numbersDue)).to.deep.equal([due]);
    expect(table(documentsDue)).to.deep.equal([
      { ...due, issue_no: 1 },
      { ...due, issue_no: 2, position: 2 },
    ]);
  });

  it('drops what has its number, and what is frozen', () => {
    const table = projectTwice(documents, [issued(1, ofInvoice), issued(2, ofInvoice), numbered, frozen()]);
    expect(table(numbersDue)).to.deep.equal([]);
    expect(table(documentsDue).map(({ issue_no }) => issue_no)).to.deep.equal([2]);
    expect(table(frozenDocuments)[0]).to.include({ subject_id: 'invoice-1', issue_no: 1 });
  });
});
