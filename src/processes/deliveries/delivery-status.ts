import type { deliveryStatuses } from '../../../projections/deliveries/mail-queries.ts';

export type DeliveryStatus = (typeof deliveryStatuses)[number];

/**
 * A delivery's status. `pending`: some addresses are tried again. Of those that are over: `rejected`, every
 * address bounced; `unknown`, the last attempt may have arrived; `given_up`, every attempt was deferred.
 */
export function deliveryStatus(delivery: {
  phase: string;
  outcome: string | null;
  stopped: string | null;
  addresses: number;
  accepted: number;
  bounced: number;
}): DeliveryStatus {
  const { phase, outcome, stopped, addresses, accepted, bounced } = delivery;
  if (phase === 'requested' || phase === 'sending' || phase === 'pending') return phase;
  if (stopped !== null) return 'stopped';
  if (accepted === addresses) return 'delivered';
  if (accepted > 0) return 'partly_delivered';
  if (bounced === addresses) return 'rejected';
  return outcome === 'unknown' ? 'unknown' : 'given_up';
}
