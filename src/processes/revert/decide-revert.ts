import type {
  Revert,
  RevertProgress,
  RevertStep,
  RevertStepName,
} from '../../../commands/inventory/revert.ts';
import type { DropletAction, DropletState } from '../../digitalocean/droplet-actions.ts';

/** What DigitalOcean says at a moment. */
export interface RevertObservation {
  /** ISO instant of the ledger. */
  now: string;
  /** Null: it is gone (404). */
  droplet: DropletState | null;
  /** All actions of the droplet; empty while one is followed by its id. */
  actions: readonly DropletAction[];
  /** The action that is followed; null where none is, or where DigitalOcean does not show it yet. */
  action: DropletAction | null;
}

/** What a revert does next: add an event, begin a step, or look again after a pause. */
export type RevertNext =
  | { do: 'record'; event: RevertProgress }
  | { do: 'start'; step: RevertStepName; attempt: number; compensates: boolean; after_action_id: number }
  | { do: 'wait' };

/** Limits of a revert, in milliseconds. */
export const revertLimits = {
  /** An action may be listed late: until then an intent without action counts as perhaps under way. */
  settle: 120_000,
  /** An action that has not ended by then has failed; likewise a foreign one that is in the way. */
  action: 30 * 60_000,
  /** The droplet may show late what an action has changed. */
  shown: 5 * 60_000,
  /** How long a step that surely had no effect is begun again, such as after a 429. */
  tries: 10 * 60_000,
  /** The same of power-on, without which the droplet stays off: longer than an hour's quota is used up. */
  powerOnTries: 70 * 60_000,
} as const;

const isGone = 'the droplet is gone';
const isBlocked = 'another action of the droplet does not end';

/** How often a step is begun at least that surely had no effect, and how often power-on in all. */
const mostTries = 5;
const mostPowerOns = 3;

/** The step whose end is not known; null: none is under way. */
export function openStep(revert: Revert): RevertStep | null {
  const last = revert.steps.at(-1);
  return last === undefined || last.outcome !== null ? null : last;
}

/** Whether the droplet is as a step leaves it. */
export function isDone(step: RevertStepName, desired: string, droplet: DropletState | null): boolean {
  if (droplet === null) return false;
  if (step === 'resize') return droplet.size_slug === desired;
  return droplet.status === (step === 'power_off' ? 'off' : 'active');
}

/** The next step of a revert that has not ended. */
export function decideRevert(revert: Revert, resourceId: string, seen: RevertObservation): RevertNext {
  const open = openStep(revert);
  return open === null ? nextStep(revert, resourceId, seen) : follow(revert, open, resourceId, seen);
}

const since = (seen: RevertObservation, instant: string): number =>
  Date.parse(seen.now) - Date.parse(instant);

/** Finds out how the step under way ends. */
function follow(revert: Revert, open: RevertStep, resource_id: string, seen: RevertObservation): RevertNext {
  const of = { run_id: revert.run_id, resource_id, step: open.step, attempt: open.attempt };
  const ended = (
    outcome: NonNullable<RevertStep['outcome']>,
    reason: string | null,
  ): RevertNext & { do: 'record' } => ({
    do: 'record',
    event: {
      type: 'RevertStepEnded',
      data: { ...of, action_id: open.action_id, outcome, reason, ended_at: seen.now },
    },
  });
  // Both of its paths say so.
  if (seen.droplet === null && seen.action === null && seen.actions.length === 0)
    return ended('errored', isGone);
  if (open.action_id !== null) {
    if (seen.action?.status === 'completed') return ended('completed', null);
    if (seen.action?.status === 'errored')
      return ended('errored', `DigitalOcean ended the action ${open.step} with an error`);
    if (since(seen, open.started_at ?? open.intended_at) < revertLimits.action) return { do: 'wait' };
    if (isDone(open.step, revert.desired, seen.droplet)) return ended('completed', null);
    return ended('timed-out', `the action ${open.step} did not end in time`);
  }
  const [found] = seen.actions
    .filter((action) => action.type === open.step && action.id > open.after_action_id)
    .sort((a, b) => a.id - b.id);
  if (found !== undefined)
    return {
      do: 'record',
      event: {
        type: 'RevertStepStarted',
        data: { ...of, action_id: found.id, found: true, started_at: seen.now },
      },
    };
  if (since(seen, open.intended_at) < revertLimits.settle) return { do: 'wait' };
  if (isDone(open.step, revert.desired, seen.droplet)) return ended('completed', null);
  return ended('not-started', 'DigitalOcean has no such action');
}

type Verdict = 'done' | 'again' | { failed: string };

/** What the tries of a step so far come to. */
function verdictOn(tries: readonly RevertStep[], mostFailures: number, seen: RevertObservation): Verdict {
  if (tries.some((one) => one.outcome === 'completed')) return 'done';
  const [first] = tries;
  const last = tries.at(-1);
  if (first === undefined || last === undefined) return 'again';
  const failures = tries.filter((one) => one.outcome !== 'not-started');
  const limit = first.step === 'power_on' ? revertLimits.powerOnTries : revertLimits.tries;
  const mayTry = tries.length < mostTries || since(seen, first.intended_at) < limit;
  if (failures.length < mostFailures && mayTry) return 'again';
  return { failed: last.reason ?? `${last.step} failed` };
}

/** Why a revert ends before it has changed anything; null: it goes on. */
function whyNot({ desired, desired_disk_gb }: Revert, droplet: DropletState): string | null {
  if (droplet.status !== 'active' && droplet.status !== 'off')
    return `the droplet is neither on nor off, but ${droplet.status}`;
  if (desired_disk_gb === null || desired_disk_gb >= droplet.disk) return null;
  return (
    `${desired} has a disk of ${desired_disk_gb} GB, the droplet one of ${droplet.disk} GB: ` +
    "a disk can't be made smaller"
  );
}

function nextStep(revert: Revert, resource_id: string, seen: RevertObservation): RevertNext {
  const { steps, desired, run_id, drift_id, field } = revert;
  const { droplet, now } = seen;
  const of = { run_id, resource_id, drift_id, field };
  const fail = (reason: string): RevertNext => failed(of, reason, seen);
  if (droplet === null) return fail(isGone);
  const reverted = (): RevertNext => ({
    do: 'record',
    event: {
      type: 'DriftReverted',
      data: { ...of, actual: droplet.size_slug, status: droplet.status, ended_at: now },
    },
  });
  const isFresh = since(seen, revert.changed_at) < revertLimits.shown;
  if (steps.length === 0) {
    if (droplet.size_slug === desired) return reverted();
    const reason = whyNot(revert, droplet);
    if (reason !== null) return fail(reason);
  }
  const { wasOn, off, resize } = progressOf(revert, droplet, seen);
  const failure = typeof off === 'object' ? off : typeof resize === 'object' ? resize : null;
  if (failure !== null)
    return compensate(revert, seen, droplet, { wasOn, off, failure: failure.failed, fail });
  const start = (step: RevertStepName): RevertNext => startStep(revert, step, false, seen) ?? fail(isBlocked);
  if (resize === 'again') {
    if (off === 'again') return start('power_off');
    if (droplet.status === 'off') return start('resize');
    return isFresh ? { do: 'wait' } : fail('the droplet was powered on before it could be resized');
  }
  if (wasOn && off === 'done') {
    const tries = triesOf(revert, 'power_on', false);
    const on = verdictOn(tries, mostPowerOns, seen);
    if (typeof on === 'object') return fail(`resized, but it could not be powered on again: ${on.failed}`);
    // An action that was listed too late to be found may have done it.
    const isOn = tries.length > 0 && droplet.status === 'active';
    if (on === 'again' && !isOn)
      return (
        startStep(revert, 'power_on', false, seen) ??
        fail(`resized, but it could not be powered on again: ${isBlocked}`)
      );
    if (droplet.status !== 'active' && isFresh) return { do: 'wait' };
  }
  if (droplet.size_slug === desired) return reverted();
  return isFresh ? { do: 'wait' } : fail(`the resize is completed, but the size is ${droplet.size_slug}`);
}

function triesOf(revert: Revert, step: RevertStepName, compensates: boolean): RevertStep[] {
  return revert.steps.filter((one) => one.step === step && one.compensates === compensates);
}

/** How far it is; what another has done meanwhile, or an action that was listed late, counts as done. */
function progressOf(
  revert: Revert,
  droplet: DropletState,
  seen: RevertObservation,
): { wasOn: boolean; off: Verdict; resize: Verdict } {
  const offs = triesOf(revert, 'power_off', false);
  const wasOn = offs.length > 0;
  const off = wasOn || droplet.status === 'active' ? verdictOn(offs, 1, seen) : 'done';
  const resize = verdictOn(triesOf(revert, 'resize', false), 1, seen);
  return {
    wasOn,
    off: off === 'again' && droplet.status === 'off' ? 'done' : off,
    resize: resize === 'again' && droplet.size_slug === revert.desired ? 'done' : resize,
  };
}

/** After a failure: powers on again what the revert has powered off, and gives up. */
function compensate(
  revert: Revert,
  seen: RevertObservation,
  droplet: DropletState,
  at: { wasOn: boolean; off: Verdict; failure: string; fail: (reason: string) => RevertNext },
): RevertNext {
  const { wasOn, off, failure, fail } = at;
  if (!wasOn || (off !== 'done' && droplet.status !== 'off')) return fail(failure);
  const tries = triesOf(revert, 'power_on', true);
  const on = verdictOn(tries, mostPowerOns, seen);
  const stays = (reason: string): RevertNext =>
    fail(`${failure}; and it could not be powered on again: ${reason}`);
  if (typeof on === 'object') return stays(on.failed);
  if (on === 'again' && !(tries.length > 0 && droplet.status === 'active'))
    return startStep(revert, 'power_on', true, seen) ?? stays(isBlocked);
  if (droplet.status !== 'active' && since(seen, revert.changed_at) < revertLimits.shown)
    return { do: 'wait' };
  return fail(failure);
}

/** Begins a step once no other action is in progress; null when one has not ended for too long. */
function startStep(
  revert: Revert,
  step: RevertStepName,
  compensates: boolean,
  seen: RevertObservation,
): RevertNext | null {
  if (seen.actions.some((action) => action.status === 'in-progress'))
    return since(seen, revert.changed_at) < revertLimits.action ? { do: 'wait' } : null;
  const tries = revert.steps.filter((one) => one.step === step).length;
  const after_action_id = seen.actions.reduce((highest, { id }) => Math.max(highest, id), 0);
  return { do: 'start', step, attempt: tries + 1, compensates, after_action_id };
}

/** The end of a revert that gives up. */
export function failed(
  of: { run_id: string; resource_id: string; drift_id: string; field: string },
  reason: string,
  { now, droplet }: Pick<RevertObservation, 'now' | 'droplet'>,
): RevertNext & { do: 'record' } {
  const left = { status: droplet?.status ?? null, size_slug: droplet?.size_slug ?? null };
  return { do: 'record', event: { type: 'DriftRevertFailed', data: { ...of, reason, left, ended_at: now } } };
}
