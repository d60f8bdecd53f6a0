import { idFrom } from '../../src/ledger/ids.ts';
import type { EventOf } from '../../src/events/define.ts';
import type { revertEvents } from '../../src/events/revert.ts';
import type { JsonValue } from '../../src/runtime/json.ts';

/** An event of a revert. */
export type RevertEvent = EventOf<typeof revertEvents>;

/** One after the first. */
export type RevertProgress = Exclude<RevertEvent, { type: 'DriftRevertRequested' }>;

type DataOf<Type extends RevertEvent['type']> = Extract<RevertEvent, { type: Type }>['data'];

/** An action at the provider that a revert consists of. */
export type RevertStepName = DataOf<'RevertStepIntended'>['step'];

/** A try of a step: intended, perhaps known to be under way, perhaps ended. */
export interface RevertStep {
  step: RevertStepName;
  attempt: number;
  after_action_id: number;
  compensates: boolean;
  intended_at: string;
  started_at: string | null;
  action_id: number | null;
  /** Null while it is not known how it ended. */
  outcome: DataOf<'RevertStepEnded'>['outcome'] | null;
  reason: string | null;
}

/** A revert of a drift, as its events say. */
export interface Revert {
  run_id: string;
  drift_id: string;
  field: string;
  attempt: number;
  desired: string;
  /** The disk of the desired size in GB; null where the request does not say it. */
  desired_disk_gb: number | null;
  actual: JsonValue;
  requested_at: string;
  status: 'running' | 'reverted' | 'failed';
  /** When the last event happened. */
  changed_at: string;
  steps: readonly RevertStep[];
  reason: string | null;
  left: DataOf<'DriftRevertFailed'>['left'] | null;
  /** The number of its events, and the last one: a process that goes on has seen these. */
  seq: number;
  last: RevertEvent;
}

/** The id of the nth revert of a drift, which is that of its job run too. */
export function revertRunId(driftId: string, attempt: number): string {
  return idFrom('drift-revert', driftId, attempt);
}

/** The reverts of a resource after one more event. */
export function evolveReverts(reverts: readonly Revert[], event: RevertEvent): readonly Revert[] {
  if (event.type === 'DriftRevertRequested') {
    const { run_id, drift_id, field, attempt, desired, desired_disk_gb = null, actual } = event.data;
    const { requested_at } = event.data;
    const begun: Revert = {
      ...{ run_id, drift_id, field, attempt, desired, desired_disk_gb, actual, requested_at },
      status: 'running',
      changed_at: requested_at,
      steps: [],
      reason: null,
      left: null,
      seq: 1,
      last: event,
    };
    return [...reverts, begun];
  }
  return reverts.map((revert) =>
    revert.run_id === event.data.run_id
      ? { ...revert, ...advanced(revert, event), seq: revert.seq + 1, last: event }
      : revert,
  );
}

function advanced(revert: Revert, event: RevertProgress): Partial<Revert> {
  switch (event.type) {
    case 'RevertStepIntended': {
      const { step, attempt, after_action_id, compensates, intended_at } = event.data;
      const open = { started_at: null, action_id: null, outcome: null, reason: null };
      const begun = { step, attempt, after_action_id, compensates, intended_at, ...open };
      return { steps: [...revert.steps, begun], changed_at: intended_at };
    }
    case 'RevertStepStarted': {
      const { action_id, started_at } = event.data;
      return { steps: withLast(revert.steps, { action_id, started_at }), changed_at: started_at };
    }
    case 'RevertStepEnded': {
      const { action_id, outcome, reason, ended_at } = event.data;
      return { steps: withLast(revert.steps, { action_id, outcome, reason }), changed_at: ended_at };
    }
    case 'DriftReverted':
      return { status: 'reverted', changed_at: event.data.ended_at };
    case 'DriftRevertFailed': {
      const { reason, left, ended_at } = event.data;
      return { status: 'failed', reason, left, changed_at: ended_at };
    }
  }
}

function withLast(steps: readonly RevertStep[], change: Partial<RevertStep>): RevertStep[] {
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, ...change } : step));
}

/** How long after a revert an older sighting of its field may stand: by then sweeps have confirmed it. */
const sightedAgainMs = 30 * 60_000;

/** Whether a revert changes a field: its own, and the status of a droplet that it has powered off. */
const changes = (revert: Revert, field: string): boolean =>
  revert.field === field || (field === 'status' && revert.steps.some(({ step }) => step === 'power_off'));

/**
 * Whether a sweep leaves a field alone: a revert changes it now, or has just ended and was not seen yet.
 * @param seenAt when the sweep of the last sighting began
 */
export function isBeingReverted(
  reverts: readonly Revert[],
  field: string,
  { seenAt, now }: { seenAt: string; now: string },
): boolean {
  const revert = reverts.findLast((one) => changes(one, field));
  if (revert === undefined || revert.status !== 'reverted') return revert?.status === 'running';
  const sinceEnd = Date.parse(now) - Date.parse(revert.changed_at);
  return seenAt <= revert.changed_at && sinceEnd < sightedAgainMs;
}
