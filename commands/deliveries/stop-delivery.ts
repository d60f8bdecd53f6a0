import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeliveryEvent, deliveryStops } from '../../src/events/documents.ts';
import { delivery, deliveryStream } from './delivery.ts';

export interface StopDelivery {
  delivery_id: string;
  reason: (typeof deliveryStops)[number];
}

/** Ends a delivery with addresses that are not settled. One that is over stays as it is. */
export const stopDelivery = defineCommand({
  name: 'stop-delivery',
  aggregate: delivery,
  stream: (input: StopDelivery) => deliveryStream(input.delivery_id),
  decide(state, { delivery_id, reason }, _context: undefined, { now }): DeliveryEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such delivery');
    if (state.isOver) return [];
    const { tenant_id, invoice_id } = state;
    return [
      { type: 'DeliveryStopped', data: { delivery_id, tenant_id, invoice_id, reason, stopped_at: now } },
    ];
  },
  result: (state) => state,
});
