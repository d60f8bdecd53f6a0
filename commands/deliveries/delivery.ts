import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { DeliveryEvent, Notice } from '../../src/events/documents.ts';

type Requested = Extract<DeliveryEvent, { type: 'DeliveryRequested' }>['data'];
type Ended = Extract<DeliveryEvent, { type: 'DeliveryAttemptEnded' }>['data'];

export const deliveryStream = (id: string): string => `delivery-${id}`;

/** The one delivery of an issue that `invoices.send` decides by itself. */
export const automaticDeliveryId = (invoiceId: string, issueNo: number): string =>
  idFrom('delivery', 'automatic', invoiceId, issueNo);

/** The one delivery that announces a kind of step to a tenant for a day. */
export const noticeDeliveryId = (tenantId: string, { kind, day }: Pick<Notice, 'kind' | 'day'>): string =>
  idFrom('delivery', 'notice', tenantId, kind, day);

/** The Message-ID of all attempts of a delivery. @param domain of the sender's address */
export const messageIdOf = (deliveryId: string, domain: string): string => `<${deliveryId}@${domain}>`;

/** An attempt, and how it ended; null: it is under way, or its process has died. */
export interface DeliveryAttempt {
  attempt_no: number;
  attempted_at: string;
  ended: Pick<Ended, 'outcome' | 'details' | 'retry_at'> | null;
}

/** A mailing of an issue, or of a notice, to some addresses. */
export interface Delivery extends Requested {
  attempts: readonly DeliveryAttempt[];
  /** Of all addresses, after the last attempt that ended. */
  accepted: number;
  bounced: number;
  /** Nothing more is sent. */
  isOver: boolean;
}

/** Null until it is requested. */
export type DeliveryState = Delivery | null;

export const delivery: Aggregate<DeliveryState, DeliveryEvent> = {
  name: 'delivery',
  initialState: null,
  evolve(state, event): DeliveryState {
    switch (event.type) {
      case 'DeliveryRequested':
        return { ...event.data, attempts: [], accepted: 0, bounced: 0, isOver: false };
      case 'DeliveryAttempted': {
        const { attempt_no, attempted_at } = event.data;
        return (
          state && { ...state, attempts: [...state.attempts, { attempt_no, attempted_at, ended: null }] }
        );
      }
      case 'DeliveryAttemptEnded': {
        const { attempt_no, outcome, details, retry_at, accepted, bounced } = event.data;
        const attempts = state?.attempts.map((attempt) =>
          attempt.attempt_no === attempt_no ? { ...attempt, ended: { outcome, details, retry_at } } : attempt,
        );
        return state && { ...state, attempts: attempts ?? [], accepted, bounced, isOver: retry_at === null };
      }
      case 'DeliveryStopped':
        return state && { ...state, isOver: true };
    }
  },
};
