import { z } from 'zod';
import type { RecordedLedgerEvent } from '../../events/index.ts';
import { shownActor } from '../shown-actor.ts';

/** An event of a resource or a deployment, as the answers about these show it. */
export const shownEvent = z.object({
  id: z.string(),
  type: z.string(),
  recorded_at: z.string(),
  effective_at: z.string().nullable(),
  position: z.int(),
  /** The event that caused it, such as the invoice behind a step of dunning, or the command. */
  causation_id: z.string(),
  /** The subject that caused it, or `job:<name>`; to a tenant `operator` for all that is not its own. */
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type ShownEvent = z.output<typeof shownEvent>;

/** An event as a tenant sees it, or an admin (null). */
export function showEvent(
  { id, type, metadata, position, data }: RecordedLedgerEvent,
  tenantId: string | null,
): ShownEvent {
  return {
    id,
    type,
    recorded_at: metadata.recorded_at,
    effective_at: metadata.effective_at ?? null,
    position,
    causation_id: metadata.causation_id,
    actor: shownActor(metadata.actor, tenantId),
    data: { ...data },
  };
}
