import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeliveryEvent } from '../../src/events/documents.ts';
import { delivery, deliveryStream } from './delivery.ts';

export interface BeginAttempt {
  delivery_id: string;
  /** One more than the attempts that the caller knows of. */
  attempt_no: number;
}

/**
 * Records that an attempt begins, before anything is sent. Of many callers one appends the event, and it
 * alone sends; for the others, and for a delivery that is over, there is nothing to do.
 */
export const beginAttempt = defineCommand({
  name: 'begin-delivery-attempt',
  aggregate: delivery,
  stream: (input: BeginAttempt) => deliveryStream(input.delivery_id),
  decide(state, { delivery_id, attempt_no }, _context: undefined, { now }): DeliveryEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such delivery');
    const last = state.attempts.at(-1);
    const isNext = attempt_no === state.attempts.length + 1;
    if (state.isOver || !isNext || (last !== undefined && last.ended === null)) return [];
    const { tenant_id, invoice_id } = state;
    return [
      {
        type: 'DeliveryAttempted',
        data: { delivery_id, tenant_id, invoice_id, attempt_no, attempted_at: now },
      },
    ];
  },
  result: (state) => state,
});
