import { z } from 'zod';
import type { RecordedLedgerEvent } from '../../events/index.ts';
import { shownActor } from '../shown-actor.ts';

/** An event of a resource as `inventory/:id` shows it. */
export const resourceEvent = z.object({
  id: z.string(),
  type: z.string(),
  recorded_at: z.string(),
  effective_at: z.string().nullable(),
  position: z.int(),
  /** The subject that caused it, or `job:<name>`; to a tenant `operator` for all that is not its own. */
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ResourceEventRow = z.output<typeof resourceEvent>;

/** The row of an event, as a tenant sees it, or an admin (null). */
export function eventRow(event: RecordedLedgerEvent, tenantId: string | null): ResourceEventRow {
  const { id, type, metadata, position, data } = event;
  return {
    id,
    type,
    recorded_at: metadata.recorded_at,
    effective_at: metadata.effective_at ?? null,
    position,
    actor: shownActor(metadata.actor, tenantId),
    data: { ...data },
  };
}
