import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import type { JsonValue } from '../../src/runtime/json.ts';
import { looselyEqual } from './loose-equality.ts';
import {
  resource,
  resourceStream,
  seenResource,
  type KnownResource,
  type OpenDrift,
  type ResourceState,
} from './resource.ts';
import { revertRunId, type Revert } from './revert.ts';

/** The one field that a revert changes. */
const REVERTED_FIELD = 'size_slug';

export interface RequestRevert {
  drift_id: string;
  resource_id: string;
  /** The present name of the resource. */
  confirm: string;
  /** The disk of the desired size in GB; null: the provider has no such size. */
  desired_disk_gb: number | null;
}

/** What a request for a revert comes to: a revert that exists already, or one that may begin. */
export type RevertPlan = { same: Revert } | { attempt: number; desired: string; actual: JsonValue };

/** Decides on a request, but for the disk of the desired size. */
export function planRevert(
  before: ResourceState,
  { drift_id, confirm }: Pick<RequestRevert, 'drift_id' | 'confirm'>,
): RevertPlan | Refusal {
  const state = seenResource(before);
  if (state === null) return refuse('not-found', 'there is no such drift');
  const entry = [...state.open_drift].find(([, open]) => open.drift_id === drift_id);
  const known = entry !== undefined || state.closed_drift.has(drift_id);
  if (!known) return refuse('not-found', 'there is no such drift');
  if (confirm !== state.observed.name)
    return refuseField('confirm', 'must be the present name of the resource, exactly');
  const earlier = state.reverts.filter((revert) => revert.drift_id === drift_id);
  const last = earlier.at(-1);
  if (last !== undefined && last.status !== 'failed') return { same: last };
  if (entry === undefined) return refuse('drift-closed', 'this drift is closed already');
  return planOpen(state, entry, earlier.length + 1);
}

function planOpen(
  state: KnownResource,
  [field, { desired, actual, spec_version }]: [string, OpenDrift],
  attempt: number,
): RevertPlan | Refusal {
  if (state.kind !== 'droplet' || field !== REVERTED_FIELD)
    return refuseField(field, `only ${REVERTED_FIELD} of a droplet can be reverted`);
  if (typeof desired !== 'string' || desired === '')
    return refuseField(field, 'the desired value is no size, so there is nothing to go back to');
  // A finding of a template has no version: the droplet's own spec, once it names the field, wins over it.
  const isOfSpec = spec_version > 0 || Object.hasOwn(state.spec, field);
  if (isOfSpec && !looselyEqual(state.spec[field] ?? null, desired))
    return refuse('conflict', 'the spec has changed since this was found: drift.detect compares anew');
  const other = state.reverts.find((revert) => revert.status === 'running');
  if (other !== undefined)
    return refuse('revert-running', `another revert of this droplet is under way: run ${other.run_id}`, {
      extra: { run_id: other.run_id, drift_id: other.drift_id },
    });
  if (state.stale) return refuse('conflict', 'this droplet is stale: the last sweeps did not show it');
  return { attempt, desired, actual };
}

/** Whether a size may be gone back to: a disk never shrinks. */
function refuseDisk(state: KnownResource, desired: string, diskGb: number | null): Refusal | null {
  if (diskGb === null) return refuseField(REVERTED_FIELD, `DigitalOcean has no size ${desired}`);
  const has = state.observed.attrs['disk'];
  if (typeof has !== 'number' || diskGb >= has) return null;
  return refuseField(
    REVERTED_FIELD,
    `${desired} has a disk of ${diskGb} GB, the droplet one of ${has} GB: a disk can't be made smaller`,
  );
}

/**
 * Records that a drift is to be reverted. A drift that is being reverted, or was, has that revert; after a
 * failed one a new one begins.
 */
export const requestRevert = defineCommand({
  name: 'request-revert',
  aggregate: resource,
  stream: (input: RequestRevert) => resourceStream(input.resource_id),
  decide(before, input, _context: undefined, { now }): InventoryEvent[] | Refusal {
    const plan = planRevert(before, input);
    if ('refused' in plan) return plan;
    if ('same' in plan) return [];
    const state = seenResource(before);
    const { drift_id, resource_id, desired_disk_gb } = input;
    const refusal = state === null ? null : refuseDisk(state, plan.desired, desired_disk_gb);
    if (refusal !== null) return refusal;
    const run_id = revertRunId(drift_id, plan.attempt);
    const { attempt, desired, actual } = plan;
    const data = {
      run_id,
      resource_id,
      drift_id,
      field: REVERTED_FIELD,
      attempt,
      desired,
      actual,
      requested_at: now,
      ...(desired_disk_gb === null ? {} : { desired_disk_gb }),
    };
    return [{ type: 'DriftRevertRequested', data }];
  },
  result: (state, { drift_id }) =>
    seenResource(state)?.reverts.findLast((revert) => revert.drift_id === drift_id) ?? null,
});
