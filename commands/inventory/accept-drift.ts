import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { InventoryEvent } from '../../src/events/inventory.ts';
import { liveValue } from './loose-equality.ts';
import { resource, resourceStream, seenResource } from './resource.ts';
import { COUNT_FIELD } from './template-wish.ts';

export interface AcceptDrift {
  drift_id: string;
  resource_id: string;
}

/**
 * Makes the live value the desired one. For a stale resource, the last value found counts as live. A resource
 * beyond the number that a template wants is from then on wanted beside it.
 */
export const acceptDrift = defineCommand({
  name: 'accept-drift',
  aggregate: resource,
  stream: (input: AcceptDrift) => resourceStream(input.resource_id),
  decide(before, { drift_id }, _context: undefined, { today }): InventoryEvent[] | Refusal {
    const state = seenResource(before);
    const entry =
      state === null ? undefined : [...state.open_drift].find(([, open]) => open.drift_id === drift_id);
    if (state === null || entry === undefined) {
      return state?.closed_drift.has(drift_id) === true
        ? refuse('drift-closed', 'this drift is closed already')
        : refuse('not-found', 'there is no such drift');
    }
    const [field, open] = entry;
    const running = state.reverts.find((one) => one.drift_id === drift_id && one.status === 'running');
    if (running !== undefined)
      return refuse('revert-running', `this drift is being reverted: run ${running.run_id}`, {
        extra: { run_id: running.run_id, drift_id },
      });
    const isLive = !state.stale && (field !== COUNT_FIELD || Object.hasOwn(state.observed.attrs, field));
    const actual = isLive ? liveValue(state, field, today) : open.actual;
    const data = {
      drift_id,
      resource_id: state.resource_id,
      field,
      actual,
      spec_version: state.spec_version + 1,
      spec: { ...state.spec, [field]: actual },
    };
    return [{ type: 'DriftAccepted', data }];
  },
  result: (state, { drift_id, resource_id }) => ({
    id: drift_id,
    resource_id,
    status: 'accepted',
    spec_version: seenResource(state)?.spec_version ?? 0,
    spec: seenResource(state)?.spec ?? {},
  }),
});
