import { canonicalJson } from '../runtime/canonical-json.ts';
import { idFrom } from '../ledger/ids.ts';

/**
 * Names a queued run by what it does: the same input of the same job has the same id. Without colons, which
 * BullMQ refuses.
 */
export function queuedRunId(job: string, input: unknown): string {
  return `${job}/${idFrom('queued-run', job, canonicalJson(input))}`;
}
