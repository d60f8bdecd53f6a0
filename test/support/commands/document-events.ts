import type { FreezeDocument } from '../../../commands/documents/freeze-document.ts';
import { documentId } from '../../../commands/documents/document.ts';
import type { DocumentEvent } from '../../../src/events/documents.ts';
import { execution } from './command-spec.ts';

/** The content of the first issue of an invoice, ready to be frozen. */
export const content = (changes: Partial<FreezeDocument> = {}): FreezeDocument => ({
  kind: 'invoice',
  subject_id: 'invoice-1',
  issue_no: 1,
  tenant_id: 'acme',
  number: 'ACME-2026-000001',
  content_sha256: 'a'.repeat(64),
  retain_until: '2031-05-01',
  ...changes,
});

export const frozen = (changes: Partial<FreezeDocument> = {}): DocumentEvent => {
  const input = content(changes);
  return {
    type: 'DocumentFrozen',
    data: { ...input, document_id: documentId(input), frozen_at: execution().now },
  };
};
