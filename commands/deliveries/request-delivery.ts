import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeliveryEvent } from '../../src/events/documents.ts';
import { delivery, deliveryStream, type Delivery } from './delivery.ts';

/** A mailing of the issue of an invoice that stands. `recipients` are sealed. */
export type RequestDelivery = Pick<
  Delivery,
  'delivery_id' | 'recipients' | 'addresses' | 'message_id' | 'automatic'
> & { invoice_id: string; issue_no: number };

/** The invoice as it is now; null: there is none. */
export type DeliveryContext = { tenant_id: string; status: string; issue_no: number } | null;

/**
 * Records that an issue is to be mailed. Nothing is sent before. Refused for a void invoice, and for an issue
 * that another one has replaced.
 */
export const requestDelivery = defineCommand({
  name: 'request-delivery',
  aggregate: delivery,
  stream: (input: RequestDelivery) => deliveryStream(input.delivery_id),
  decide(state, input, context: DeliveryContext, { now }): DeliveryEvent[] | Refusal {
    if (state !== null) return [];
    if (context === null) return refuse('not-found', 'there is no such invoice');
    const { invoice_id } = input;
    if (context.status === 'void')
      return refuse('invoice-void', 'the invoice is void: it is not sent', { extra: { invoice_id } });
    if (context.issue_no !== input.issue_no)
      return refuse('conflict', 'the invoice was issued anew in this moment: try again');
    return [
      { type: 'DeliveryRequested', data: { ...input, tenant_id: context.tenant_id, requested_at: now } },
    ];
  },
  result: (state) => state,
});
