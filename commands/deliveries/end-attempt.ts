import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { DeliveryEvent } from '../../src/events/documents.ts';
import { delivery, deliveryStream, type Delivery } from './delivery.ts';
import { isUnderWay, retryAt } from './delivery-retries.ts';

/** What an attempt came to. */
export interface EndAttempt {
  delivery_id: string;
  attempt_no: number;
  /** How many of the addresses that were tried ended so; null: its process died, and it is not known. */
  counts: { accepted: number; bounced: number; deferred: number; unknown: number } | null;
  /** Sealed JSON of one item for each address that was tried; null where it is not known. */
  details: string | null;
}

type Ended = Extract<DeliveryEvent, { type: 'DeliveryAttemptEnded' }>['data'];

/**
 * Records how an attempt ended, and when the addresses that are left are tried again. An attempt of unknown
 * outcome is settled once it has been under way for longer than any attempt takes. One that has ended stays
 * as it is.
 */
export const endAttempt = defineCommand({
  name: 'end-delivery-attempt',
  aggregate: delivery,
  stream: (input: EndAttempt) => deliveryStream(input.delivery_id),
  decide(state, input, _context: undefined, { now }): DeliveryEvent[] | Refusal {
    if (state === null) return refuse('not-found', 'there is no such delivery');
    const { delivery_id, attempt_no, counts, details } = input;
    const attempt = state.attempts.find((one) => one.attempt_no === attempt_no);
    if (attempt === undefined) return refuse('conflict', 'this attempt has not begun');
    if (attempt.ended !== null || (counts === null && isUnderWay(attempt, now))) return [];
    const { tenant_id, invoice_id } = state;
    const accepted = state.accepted + (counts?.accepted ?? 0);
    const bounced = state.bounced + (counts?.bounced ?? 0);
    const outcome = outcomeOf(counts);
    const attempts = [...endedBefore(state, attempt_no), { outcome }];
    const isSettled = accepted + bounced >= state.addresses;
    return [
      {
        type: 'DeliveryAttemptEnded',
        data: {
          ...{ delivery_id, tenant_id, invoice_id, attempt_no, outcome, details, accepted, bounced },
          retry_at: isSettled ? null : retryAt(attempts, now),
          ended_at: now,
        },
      },
    ];
  },
  result: (state) => state,
});

function endedBefore(state: Delivery, attemptNo: number): { outcome: string }[] {
  return state.attempts.flatMap(({ attempt_no, ended }) =>
    attempt_no < attemptNo && ended !== null ? [ended] : [],
  );
}

/** One word for the addresses of an attempt: what is in doubt first, then what is still to be done. */
function outcomeOf(counts: EndAttempt['counts']): Ended['outcome'] {
  if (counts === null || counts.unknown > 0) return 'unknown';
  const { accepted, bounced, deferred } = counts;
  if (accepted > 0) return bounced + deferred > 0 ? 'partly_accepted' : 'accepted';
  return deferred > 0 ? 'deferred' : 'rejected';
}
