/** What a deployment was on any day, folded from its events. */
import type { RecordedLedgerEvent } from '../../../src/events/index.ts';

/** The state at the end of a day, by the transitions that count by then; null: it was not there yet. */
export function stateOn(
  events: readonly RecordedLedgerEvent[],
  deploymentId: string,
  day: string,
): string | null {
  let state: string | null = null;
  const moves: { on: string; to: string }[] = [];
  for (const { type, data } of events) {
    if (type === 'DeploymentCreated' && data.deployment_id === deploymentId)
      state = data.effective_on <= day ? data.state : null;
    if (type === 'DeploymentTransitioned' && data.deployment_id === deploymentId)
      moves.push({ on: data.effective_on, to: data.to });
  }
  const counted = moves.filter(({ on }) => on <= day);
  // The latest day counts; of one day the last event.
  const last = counted.reduceRight<{ on: string; to: string } | null>(
    (best, move) => (best === null || move.on > best.on ? move : best),
    null,
  );
  return last?.to ?? state;
}
