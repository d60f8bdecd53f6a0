import { z } from 'zod';
import type { RecordedLedgerEvent } from '../../events/index.ts';

/** An event of a resource as `inventory/:id` shows it. */
export const resourceEvent = z.object({
  id: z.string(),
  type: z.string(),
  recorded_at: z.string(),
  effective_at: z.string().nullable(),
  position: z.int(),
  /** The subject that caused it, or `job:<name>`. */
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ResourceEventRow = z.output<typeof resourceEvent>;

interface HeldRange {
  deployment_id: string;
  tenant_id: string;
  effective_from: string;
  effective_to: string | null;
}

/** Who owns a resource, as far as its events up to some point say. */
interface Ownership {
  own: string | null;
  ties: readonly HeldRange[];
}

function after(state: Ownership, event: RecordedLedgerEvent): Ownership {
  switch (event.type) {
    case 'ResourceDiscovered':
    case 'ResourceAttributed':
    case 'ResourceAssigned':
      return { ...state, own: event.data.tenant_id };
    case 'ResourceTied':
      return { ...state, ties: [...state.ties, { ...event.data, effective_to: null }] };
    case 'ResourceUntied': {
      const { deployment_id, effective_from, effective_to } = event.data;
      const ended = state.ties.findLastIndex((tie) => tie.deployment_id === deployment_id && tie.effective_from === effective_from);
      return { ...state, ties: state.ties.map((tie, index) => (index === ended ? { ...tie, effective_to } : tie)) };
    }
    // All others leave the owner as it is.
    default:
      return state;
  }
}

function ownerOn({ own, ties }: Ownership, day: string): string | null {
  return ties.find((tie) => tie.effective_from <= day && (tie.effective_to === null || tie.effective_to > day))?.tenant_id ?? own;
}

/**
 * The events of a resource's stream that a tenant may see: those recorded while it was known to own the resource, from
 * the one that made it the owner. A tie that was entered later, for earlier days, opens nothing that was recorded before
 * it. What names another tenant stays hidden.
 * @param tenantId null for an admin, who sees all
 */
export function visibleEvents(events: readonly RecordedLedgerEvent[], tenantId: string | null): RecordedLedgerEvent[] {
  if (tenantId === null) return [...events];
  let state: Ownership = { own: null, ties: [] };
  return events.filter((event) => {
    state = after(state, event);
    if (ownerOn(state, event.metadata.recorded_at.slice(0, 10)) !== tenantId) return false;
    return !('tenant_id' in event.data) || event.data.tenant_id === tenantId;
  });
}

/** The row of an event. */
export function eventRow(event: RecordedLedgerEvent): ResourceEventRow {
  const { id, type, metadata, position, data } = event;
  return { id, type, recorded_at: metadata.recorded_at, effective_at: metadata.effective_at ?? null, position, actor: metadata.actor.sub, data: { ...data } };
}
