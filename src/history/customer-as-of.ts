import type { CustomerProfile } from '../../commands/parties/customer.ts';
import { endOf, type AsOf } from '../../projections/deployments/as-of.ts';
import type { RecordedEvent } from '../events/define.ts';
import { upcast } from '../events/index.ts';

/**
 * The profile of a customer that was in force at a past moment; null without any. Its fields may have been
 * erased since then.
 */
export function customerAsOf(
  events: readonly RecordedEvent[],
  { as_of, known_at }: AsOf,
  now: string,
): CustomerProfile | null {
  const knownBy = known_at === undefined ? null : endOf(known_at);
  const day = endOf(as_of ?? now).slice(0, 10);
  let inForce: CustomerProfile | null = null;
  for (const recorded of events) {
    if (knownBy !== null && recorded.metadata.recorded_at > knownBy) continue;
    const event = upcast(recorded);
    if (event.type !== 'CustomerProfileSet' || event.data.effective_from > day) continue;
    if (inForce === null || event.data.effective_from >= inForce.effective_from) inForce = event.data;
  }
  return inForce;
}
