import { defineTable } from '../../src/read-models/projection.ts';

export const deliveriesModel = { name: 'deliveries', version: 2 };

/** Mailings of invoices and of notices as they are now. */
export const deliveries = defineTable(deliveriesModel, {
  name: 'deliveries',
  columns: {
    id: 'text',
    tenant_id: 'text',
    /** Null for a notice, as is `issue_no`. */
    invoice_id: 'text?',
    issue_no: 'bigint?',
    /** What a notice says, but for seller and buyer; null for an invoice. */
    notice: 'jsonb?',
    /** Sealed. */
    recipients: 'text',
    addresses: 'bigint',
    message_id: 'text',
    automatic: 'boolean',
    /** `requested`, `sending`, `pending` (to be tried again) or `over`. */
    phase: 'text',
    /** Of the last attempt that ended; null before. */
    outcome: 'text?',
    /** Why it was stopped, where it was. */
    stopped: 'text?',
    attempts: 'bigint',
    accepted: 'bigint',
    bounced: 'bigint',
    /** From when it is in its phase: a pending one waits until then. */
    since: 'timestamptz',
    requested_at: 'timestamptz',
    position: 'bigint',
  },
  key: ['id'],
  indexes: [
    ['invoice_id', 'position'],
    ['phase', 'since'],
    ['tenant_id', 'position'],
  ],
});

/** Every attempt of a delivery. Its `details` are sealed. */
export const deliveryAttempts = defineTable(deliveriesModel, {
  name: 'delivery_attempts',
  columns: {
    delivery_id: 'text',
    attempt_no: 'bigint',
    attempted_at: 'timestamptz',
    outcome: 'text?',
    details: 'text?',
    retry_at: 'timestamptz?',
    ended_at: 'timestamptz?',
  },
  key: ['delivery_id', 'attempt_no'],
});

/** Documents that finance has received, each as it was pushed last, and how finance's own copy differs. */
export const arDocuments = defineTable(deliveriesModel, {
  name: 'ar_documents',
  columns: {
    external_id: 'text',
    kind: 'text',
    tenant_id: 'text',
    content_hash: 'text',
    action: 'text',
    finance_id: 'text',
    pushed_at: 'timestamptz',
    /** The content that was compared last; null before. */
    compared_hash: 'text?',
    differences: 'jsonb',
    compared_at: 'timestamptz?',
    position: 'bigint',
  },
  key: ['external_id'],
  indexes: [['tenant_id'], ['position']],
});
