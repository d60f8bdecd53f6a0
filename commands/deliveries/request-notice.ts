import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeliveryEvent, Notice } from '../../src/events/documents.ts';
import { delivery, deliveryStream, type Delivery } from './delivery.ts';

/** A notice to a tenant. `recipients` are sealed. */
export type RequestNotice = Pick<
  Delivery,
  'delivery_id' | 'tenant_id' | 'recipients' | 'addresses' | 'message_id'
> & { notice: Notice };

/** Whether the tenant has a profile that is not erased. */
export type NoticeContext = boolean;

/**
 * Records that a step of the automatic lifecycle is to be announced by mail. Nothing is sent before. A tenant
 * gets one notice of a kind for a day: another request for it adds nothing. Refused for a tenant whose
 * profile is erased, also in this moment: what is sealed now would outlast the erasure.
 */
export const requestNotice = defineCommand({
  name: 'request-notice',
  aggregate: delivery,
  stream: (input: RequestNotice) => deliveryStream(input.delivery_id),
  decide(state, input, hasProfile: NoticeContext, { now }): DeliveryEvent[] | Refusal {
    if (state !== null) return [];
    if (!hasProfile) return refuse('no-profile', `the customer ${input.tenant_id} has no profile`);
    const mailing = { ...input, invoice_id: null, issue_no: null, automatic: true };
    return [{ type: 'DeliveryRequested', data: { ...mailing, requested_at: now } }];
  },
  result: (state) => state,
});
