import { defineTable } from '../../src/read-models/projection.ts';

export const documentsModel = { name: 'documents', version: 1 };

/** Invoices (by their first issue) and corrections that have no number yet. */
export const numbersDue = defineTable(documentsModel, {
  name: 'numbers_due',
  columns: {
    subject_id: 'text',
    kind: 'text',
    tenant_id: 'text',
    issued_on: 'date',
    position: 'bigint',
  },
  key: ['subject_id'],
  indexes: [['position']],
});

/** Issues and corrections whose document is not frozen yet; `issue_no` of a correction is 0. */
export const documentsDue = defineTable(documentsModel, {
  name: 'documents_due',
  columns: {
    kind: 'text',
    subject_id: 'text',
    issue_no: 'bigint',
    tenant_id: 'text',
    issued_on: 'date',
    position: 'bigint',
  },
  key: ['kind', 'subject_id', 'issue_no'],
  indexes: [['position'], ['tenant_id']],
});

/** Documents whose content is fixed. The content lies in the durable table `documents`, by its hash. */
export const frozenDocuments = defineTable(documentsModel, {
  name: 'frozen_documents',
  columns: {
    document_id: 'text',
    kind: 'text',
    subject_id: 'text',
    issue_no: 'bigint?',
    tenant_id: 'text',
    number: 'text',
    content_sha256: 'text',
    retain_until: 'date',
    frozen_at: 'timestamptz',
  },
  key: ['document_id'],
  indexes: [['subject_id'], ['tenant_id']],
});

/** The forms that documents were rendered to. Their bytes lie in the durable table `documents` too. */
export const renderedDocuments = defineTable(documentsModel, {
  name: 'rendered_documents',
  columns: {
    document_id: 'text',
    form: 'text',
    tenant_id: 'text',
    sha256: 'text',
    bytes: 'bigint',
    rendered_at: 'timestamptz',
  },
  key: ['document_id', 'form'],
});

/** Names of deployments, each from a journal position on: a document shows those of its issue. */
export const deploymentNames = defineTable(documentsModel, {
  name: 'deployment_names',
  columns: { deployment_id: 'text', position: 'bigint', display_name: 'text' },
  key: ['deployment_id', 'position'],
});
