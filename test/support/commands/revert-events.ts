/** A revert of the droplet in `droplet-events.ts`, which has another size than its spec says. */
import { revertRunId, type RevertEvent, type RevertProgress } from '../../../commands/inventory/revert.ts';
import { discovered, dropletId, provisioned } from './droplet-events.ts';
import { driftFound, driftId } from './drift-events.ts';
import type { InventoryEvent } from '../../../src/events/inventory.ts';

export const large = 's-1vcpu-1gb';
export const small = 's-1vcpu-512mb';

/** It is large, has 25 GB of disk, and is to be small. */
export const wrongSize: InventoryEvent[] = [
  discovered('2026-05-01T00:00:00.000Z', { attrs: { disk: 25 } }),
  provisioned({ size_slug: small }),
  driftFound('size_slug', small, large),
];

export const runId = (attempt = 1): string => revertRunId(driftId('size_slug'), attempt);

export const requested = (attempt = 1): Extract<RevertEvent, { type: 'DriftRevertRequested' }> => ({
  type: 'DriftRevertRequested',
  data: {
    ...{ run_id: runId(attempt), resource_id: dropletId, drift_id: driftId('size_slug') },
    ...{ field: 'size_slug', attempt, desired: small, actual: large },
    ...{ requested_at: '2026-05-01T00:00:00.000Z', desired_disk_gb: 25 },
  },
});

export const intended = (
  changes: { intended_at?: string } = {},
): Extract<RevertProgress, { type: 'RevertStepIntended' }> => ({
  type: 'RevertStepIntended',
  data: {
    ...{ run_id: runId(), resource_id: dropletId, step: 'power_off', attempt: 1 },
    ...{ after_action_id: 0, compensates: false, intended_at: '2026-05-01T00:00:00.000Z' },
    ...changes,
  },
});

export const revertEnded = (
  end: 'reverted' | 'failed',
  attempt = 1,
  ended_at = '2026-05-01T00:20:00.000Z',
): RevertProgress => {
  const of = { run_id: runId(attempt), resource_id: dropletId, drift_id: driftId('size_slug') };
  const data = { ...of, field: 'size_slug', ended_at };
  return end === 'reverted'
    ? { type: 'DriftReverted', data: { ...data, actual: small, status: 'active' } }
    : {
        type: 'DriftRevertFailed',
        data: { ...data, reason: 'no room', left: { status: 'active', size_slug: large } },
      };
};
