import { defineProjection, remove, upsert } from '../../src/read-models/projection.ts';
import { dayOf } from '../../src/pricing/calendar.ts';
import {
  deploymentNames,
  documentsDue,
  documentsModel,
  frozenDocuments,
  numbersDue,
  renderedDocuments,
} from './tables.ts';

/** What waits for a number or for its document, the documents that are frozen, and names that they show. */
export const documents = defineProjection(
  documentsModel,
  [numbersDue, documentsDue, frozenDocuments, renderedDocuments, deploymentNames],
  {
    InvoiceIssued: ({ position, data: { invoice_id: subject_id, tenant_id, issue_no, issued_at } }) => {
      const due = { kind: 'invoice', subject_id, tenant_id, issued_on: dayOf(issued_at), position };
      return [
        // A reissue has the number of the first issue.
        ...(issue_no === 1 ? [upsert(numbersDue, due)] : []),
        upsert(documentsDue, { ...due, issue_no }),
      ];
    },
    CorrectionIssued: ({ position, data: { correction_id: subject_id, tenant_id, issued_at } }) => {
      const due = { kind: 'correction', subject_id, tenant_id, issued_on: dayOf(issued_at), position };
      return [upsert(numbersDue, due), upsert(documentsDue, { ...due, issue_no: 0 })];
    },
    InvoicesNumbered: ({ data: { invoice_ids } }) =>
      invoice_ids.map((subject_id) => remove(numbersDue, { subject_id })),
    CorrectionsNumbered: ({ data: { correction_ids } }) =>
      correction_ids.map((subject_id) => remove(numbersDue, { subject_id })),
    DocumentFrozen: ({ data }) => [
      upsert(frozenDocuments, data),
      remove(documentsDue, { kind: data.kind, subject_id: data.subject_id, issue_no: data.issue_no ?? 0 }),
    ],
    DocumentRendered: ({ data, metadata: { recorded_at } }) =>
      upsert(renderedDocuments, { ...data, rendered_at: recorded_at }),
    DeploymentCreated: ({ position, data: { deployment_id, display_name } }) =>
      upsert(deploymentNames, { deployment_id, position, display_name }),
    DeploymentUpdated: ({ position, data: { deployment_id, display_name } }) =>
      upsert(deploymentNames, { deployment_id, position, display_name }),
  },
);
