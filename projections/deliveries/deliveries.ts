import { defineProjection, patch, upsert, type RowOp } from '../../src/read-models/projection.ts';
import { arDocuments, deliveries, deliveriesModel, deliveryAttempts } from './tables.ts';

/** Mailings with their attempts, and what finance received of tenants' documents. */
export const deliveriesProjection = defineProjection(
  deliveriesModel,
  [deliveries, deliveryAttempts, arDocuments],
  {
    DeliveryRequested: ({ position, data: { delivery_id, ...data } }) =>
      upsert(deliveries, {
        id: delivery_id,
        ...data,
        notice: data.notice ?? null,
        phase: 'requested',
        outcome: null,
        stopped: null,
        attempts: 0,
        accepted: 0,
        bounced: 0,
        since: data.requested_at,
        position,
      }),
    DeliveryAttempted: ({ data: { delivery_id, attempt_no, attempted_at } }) => [
      upsert(deliveryAttempts, {
        ...{ delivery_id, attempt_no, attempted_at },
        ...{ outcome: null, details: null, retry_at: null, ended_at: null },
      }),
      patch(deliveries, { id: delivery_id }, { phase: 'sending', attempts: attempt_no, since: attempted_at }),
    ],
    DeliveryAttemptEnded: ({ data }) => {
      const { delivery_id, attempt_no, outcome, details, retry_at, ended_at, accepted, bounced } = data;
      const phase = retry_at === null ? 'over' : 'pending';
      return [
        patch(deliveryAttempts, { delivery_id, attempt_no }, { outcome, details, retry_at, ended_at }),
        patch(
          deliveries,
          { id: delivery_id },
          { phase, outcome, accepted, bounced, since: retry_at ?? ended_at },
        ),
      ];
    },
    DeliveryStopped: ({ data: { delivery_id, reason, stopped_at } }): RowOp =>
      patch(deliveries, { id: delivery_id }, { phase: 'over', stopped: reason, since: stopped_at }),
    ArDocumentPushed: ({ position, data }) =>
      upsert(arDocuments, {
        ...data,
        compared_hash: null,
        differences: [],
        compared_at: null,
        position,
      }),
    ArDocumentCompared: ({ data: { external_id, content_hash, differences, compared_at } }) =>
      patch(arDocuments, { external_id }, { compared_hash: content_hash, differences, compared_at }),
  },
);
