/** Who owned a resource when, from its events, and what of them its owners may see. */
import { tiesAfter } from '../../projections/inventory/tie-history.ts';
import type { HeldRange } from '../../projections/inventory/tie-history.ts';
import type { RecordedLedgerEvent } from '../events/index.ts';

/** Who owns a resource, as far as its events up to some point say. */
export interface Ownership {
  own: string | null;
  ties: readonly HeldRange[];
}

/** No owner is known yet. */
export const unowned: Ownership = { own: null, ties: [] };

/** The ownership after an event. */
export function ownershipAfter(state: Ownership, event: RecordedLedgerEvent): Ownership {
  switch (event.type) {
    case 'ResourceDiscovered':
    case 'ResourceAttributed':
    case 'ResourceAssigned':
      return { ...state, own: event.data.tenant_id };
    case 'ResourceTied':
    case 'ResourceUntied':
      return { ...state, ties: tiesAfter(state.ties, event) };
    // All others leave the owner as it is.
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
 * resource, from the one that made it the owner. A tie that was entered later, for earlier days, opens
 * nothing that was recorded before it. What names another tenant stays hidden.
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
