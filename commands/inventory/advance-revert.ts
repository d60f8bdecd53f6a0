import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { resource, resourceStream, seenResource } from './resource.ts';
import type { RevertProgress } from './revert.ts';

export interface AdvanceRevert {
  resource_id: string;
  run_id: string;
  /** How many events of the revert the decision has seen. */
  seq: number;
  event: RevertProgress;
}

/**
 * Adds the next event of a revert, for the one process that has seen all before it: another's event that came
 * first is a conflict.
 */
export const advanceRevert = defineCommand({
  name: 'advance-revert',
  aggregate: resource,
  stream: (input: AdvanceRevert) => resourceStream(input.resource_id),
  decide(before, { run_id, seq, event }): InventoryEvent[] | Refusal {
    const revert = seenResource(before)?.reverts.find((one) => one.run_id === run_id);
    if (revert === undefined) return refuse('not-found', 'there is no such revert');
    if (revert.seq === seq + 1 && canonicalJson(revert.last) === canonicalJson(event)) return [];
    if (revert.status !== 'running' || revert.seq !== seq)
      return refuse('conflict', 'another process has gone on with this revert');
    return [event];
  },
  result: () => null,
});
