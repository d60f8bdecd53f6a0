import { canonicalJson } from '../runtime/canonical-json.ts';
import { idFrom } from '../ledger/ids.ts';

/** A queued run's id: equal for the same job and input, and without colons, which BullMQ refuses. */
export function queuedRunId(job: string, input: unknown): string {
  return `${job}/${idFrom('queued-run', job, canonicalJson(input))}`;
}
