import type { DeliveryEvent, Notice } from '../../../src/events/documents.ts';

type Of<Type extends DeliveryEvent['type']> = Extract<DeliveryEvent, { type: Type }>;

const ids = { delivery_id: 'd1', tenant_id: 'acme', invoice_id: 'i1' };

/** A mailing to two addresses; override what a test is about. */
export const requested = (changes: Partial<Of<'DeliveryRequested'>['data']> = {}): DeliveryEvent => ({
  type: 'DeliveryRequested',
  data: {
    ...ids,
    issue_no: 1,
    recipients: 'sealed:1:k:two',
    addresses: 2,
    message_id: '<d1@seller.example>',
    automatic: false,
    requested_at: '2026-05-01T00:00:00.000Z',
    ...changes,
  },
});

/** What a notice about one deployment and one overdue invoice says. */
export const sampleNotice = (changes: Partial<Notice> = {}): Notice => ({
  kind: 'past-due',
  day: '2026-05-01',
  currency: 'AUD',
  deployments: [{ deployment_id: 'deployment-1', slug: 'shop', display_name: 'Web shop' }],
  more_deployments: 0,
  invoices: [{ invoice_id: 'i1', number: 'SKY-2026-000001', due_on: '2026-04-17', open_cents: 7_700 }],
  more_invoices: 0,
  open_cents: 7_700,
  suspends_on: '2026-05-17',
  ...changes,
});

/** A notice to two addresses; override what a test is about. */
export const noticeRequested = (changes: Partial<Of<'DeliveryRequested'>['data']> = {}): DeliveryEvent =>
  requested({ invoice_id: null, issue_no: null, automatic: true, notice: sampleNotice(), ...changes });

export const attempted = (attempt_no = 1, attempted_at = '2026-05-01T00:00:00.000Z'): DeliveryEvent => ({
  type: 'DeliveryAttempted',
  data: { ...ids, attempt_no, attempted_at },
});

export const attemptEnded = (changes: Partial<Of<'DeliveryAttemptEnded'>['data']> = {}): DeliveryEvent => ({
  type: 'DeliveryAttemptEnded',
  data: {
    ...ids,
    attempt_no: 1,
    outcome: 'deferred',
    retry_at: '2026-05-01T00:05:00.000Z',
    details: 'sealed:1:k:details',
    accepted: 0,
    bounced: 0,
    ended_at: '2026-05-01T00:00:00.000Z',
    ...changes,
  },
});

export const stopped = (
  reason: Of<'DeliveryStopped'>['data']['reason'],
  invoice_id: string | null = ids.invoice_id,
): DeliveryEvent => ({
  type: 'DeliveryStopped',
  data: { ...ids, invoice_id, reason, stopped_at: '2026-05-01T00:00:00.000Z' },
});
