/** Who owned a resource when, from its events, and what of them its owners may see. */
import { tiesAfter } from '../../projections/inventory/tie-history.ts';
import type { HeldRange } from '../../projections/inventory/tie-history.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';

/** A resource's owner and ties, by its events up to some point. */
export interface Ownership {
  own: string | null;
  ties: readonly HeldRange[];
}

export const unowned: Ownership = { own: null, ties: [] };

export function ownershipAfter(state: Ownership, event: RecordedLedgerEvent): Ownership {
  switch (event.type) {
    case 'ResourceDiscovered':
    case 'ResourceAttributed':
    case 'ResourceAssigned':
      return { ...state, own: event.data.tenant_id };
    case 'ResourceTied':
    case 'ResourceUntied':
      return { ...state, ties: tiesAfter(state.ties, event) };
    default:
      return state;
  }
}

/** The tie in force on a day. */
export function tieOn(ties: readonly HeldRange[], day: string): HeldRange | undefined {
  return ties.find(
    (tie) => tie.effective_from <= day && (tie.effective_to === null || tie.effective_to > day),
  );
}

/** The owner on a day: the tenant of the deployment that the resource is tied to, else its own. */
export function ownerOn({ own, ties }: Ownership, day: string): string | null {
  return tieOn(ties, day)?.tenant_id ?? own;
}

/**
 * The events of a resource's stream that a tenant may see: those recorded while it was known to own the
 * resource, the one that made it the owner included. A tie entered later, for earlier days, shows nothing
 * recorded before it. Events that name another tenant stay hidden.
 * @param tenantId null for an admin, who sees all
 */
export function visibleEvents(
  events: readonly RecordedLedgerEvent[],
  tenantId: string | null,
): RecordedLedgerEvent[] {
  if (tenantId === null) return [...events];
  let state = unowned;
  return events.filter((event) => {
    state = ownershipAfter(state, event);
    if (ownerOn(state, event.metadata.recorded_at.slice(0, 10)) !== tenantId) return false;
    return !('tenant_id' in event.data) || event.data.tenant_id === tenantId;
  });
}
