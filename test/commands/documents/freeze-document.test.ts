import { expect } from 'chai';
import { documentId } from '../../../commands/documents/document.ts';
import { freezeDocument } from '../../../commands/documents/freeze-document.ts';
import { recordRendering } from '../../../commands/documents/record-rendering.ts';
import { given } from '../../support/commands/command-spec.ts';
import { content, frozen } from '../../support/commands/document-events.ts';

const document_id = documentId(content());
const pdf = { document_id, form: 'pdf' as const, sha256: 'c'.repeat(64), bytes: 1234 };

describe('freeze-document', () => {
  it('has one stream for each issue and each correction', () => {
    const ids = [
      content(),
      content({ issue_no: 2 }),
      content({ kind: 'correction', issue_no: null }),
      content({ kind: 'receipt', issue_no: null }),
    ].map(documentId);
    expect(new Set(ids).size).to.equal(4);
  });

  it('freezes content once', () => {
    const result = given(freezeDocument).when(content(), undefined).then([frozen()]);
    expect(result).to.include({ content_sha256: 'a'.repeat(64), number: 'ACME-2026-000001' });
  });

  it('keeps the first content, and answers with it', () => {
    const result = given(freezeDocument, [frozen()])
      .when(content({ content_sha256: 'b'.repeat(64) }), undefined)
      .then([]);
    expect(result).to.include({ content_sha256: 'a'.repeat(64) });
  });
});

describe('record-rendering', () => {
  it('records the bytes of a form once', () => {
    const result = given(recordRendering, [frozen()])
      .when(pdf, undefined)
      .then([{ type: 'DocumentRendered', data: { ...pdf, tenant_id: 'acme' } }]);
    expect(result?.rendered).to.deep.equal([{ form: 'pdf', sha256: pdf.sha256, bytes: pdf.bytes }]);
  });

  it('keeps the first bytes', () => {
    const first = { type: 'DocumentRendered' as const, data: { ...pdf, tenant_id: 'acme' } };
    given(recordRendering, [frozen(), first])
      .when({ ...pdf, sha256: 'd'.repeat(64) }, undefined)
      .then([]);
  });

  it('refuses a document that is not frozen', () => {
    given(recordRendering).when(pdf, undefined).refused('not-found');
  });
});
