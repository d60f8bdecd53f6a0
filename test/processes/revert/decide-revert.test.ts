import { expect } from 'chai';
import { evolveReverts, type Revert, type RevertStep } from '../../../commands/inventory/revert.ts';
import type { DropletAction, DropletState } from '../../../src/digitalocean/droplet-actions.ts';
import { revertEvents } from '../../../src/events/revert.ts';
import {
  decideRevert,
  revertLimits,
  type RevertNext,
  type RevertObservation,
} from '../../../src/processes/revert/decide-revert.ts';

const begin = '2026-05-09T10:00:00.000Z';
const after = (ms: number): string => new Date(Date.parse(begin) + ms).toISOString();
const soon = 1_000;

const requested = {
  ...{ run_id: 'run', resource_id: 'res', drift_id: 'drift', field: 'size_slug', attempt: 1 },
  ...{ desired: 'small', desired_disk_gb: 25, actual: 'large', requested_at: begin },
};
const [fresh] = evolveReverts([], { type: 'DriftRevertRequested', data: requested });

/** A try that ended so; by default it was begun and ended at the request. */
const tried = (
  step: RevertStep['step'],
  outcome: RevertStep['outcome'],
  changes: Partial<RevertStep> = {},
): RevertStep => ({
  ...{ step, attempt: 1, after_action_id: 10, compensates: false, intended_at: begin },
  ...{ started_at: begin, action_id: 11, outcome },
  reason: outcome === 'completed' || outcome === null ? null : `${step} ${outcome}`,
  ...changes,
});
const off = tried('power_off', 'completed');
const resized = tried('resize', 'completed');
const refused = tried('resize', 'refused');

/** What is done next, with these steps, as DigitalOcean is seen `ms` after the last event. */
function next(
  steps: readonly RevertStep[],
  droplet: Partial<DropletState> | null,
  seen: Partial<RevertObservation> & { ms?: number } = {},
): RevertNext {
  if (fresh === undefined) throw new Error('no revert');
  const revert: Revert = { ...fresh, steps };
  const { ms = soon, ...rest } = seen;
  const state = droplet === null ? null : { status: 'active', size_slug: 'large', disk: 25, ...droplet };
  const decided = decideRevert(revert, 'res', {
    ...{ now: after(ms), droplet: state, actions: [], action: null },
    ...rest,
  });
  if (decided.do === 'record') revertEvents[decided.event.type].parse(decided.event.data);
  return decided;
}
/** The same in short. */
function brief(decided: RevertNext): string {
  if (decided.do === 'wait') return 'wait';
  if (decided.do === 'start') return `start ${decided.step}${decided.compensates ? ' again' : ''}`;
  const { type, data } = decided.event;
  if (type === 'RevertStepEnded') return `${data.step} ${data.outcome}`;
  if (type === 'RevertStepStarted') return `${data.step} is ${data.action_id}`;
  return type === 'DriftRevertFailed' ? `failed: ${data.reason}` : type;
}
const action = (id: number, type: string, status = 'in-progress'): DropletAction => ({ id, type, status });
const expectNext = (...[steps, droplet, seen, wanted]: [...Parameters<typeof next>, string]): void => {
  expect(brief(next(steps, droplet, seen))).to.equal(wanted);
};

describe('decideRevert', () => {
  describe('before anything was changed', () => {
    it('powers off a droplet that is on, and only resizes one that is off', () => {
      expect(
        next([], {}, { actions: [action(7, 'snapshot', 'completed'), action(9, 'resize', 'errored')] }),
      ).to.deep.equal({ do: 'start', step: 'power_off', attempt: 1, compensates: false, after_action_id: 9 });
      expectNext([], { status: 'off' }, {}, 'start resize');
    });
    it('has nothing to do where another has resized it to the desired size', () => {
      expectNext([], { size_slug: 'small' }, {}, 'DriftReverted');
      expectNext([], { size_slug: 'small', status: 'off' }, {}, 'DriftReverted');
    });
    it('goes back from a third size too, but not to a smaller disk', () => {
      expectNext([], { size_slug: 'third' }, {}, 'start power_off');
      const reason = "small has a disk of 25 GB, the droplet one of 80 GB: a disk can't be made smaller";
      expectNext([], { size_slug: 'third', disk: 80 }, {}, `failed: ${reason}`);
    });
    it('gives up on a droplet that is gone, or neither on nor off', () => {
      expectNext([], null, {}, 'failed: the droplet is gone');
      for (const status of ['archive', 'new', 'other'])
        expectNext([], { status }, {}, `failed: the droplet is neither on nor off, but ${status}`);
    });
    it('waits for an action of another, and gives up when that does not end', () => {
      const actions = [action(11, 'snapshot')];
      expectNext([], {}, { actions }, 'wait');
      const ms = revertLimits.action;
      expectNext([], {}, { actions, ms }, 'failed: another action of the droplet does not end');
      expectNext([], {}, { actions: [action(11, 'snapshot', 'errored')] }, 'start power_off');
    });
  });

  describe('while a step is under way', () => {
    const intended = tried('resize', null, { action_id: null, started_at: null });
    const following = tried('resize', null);

    it('takes the first action of its type after the intent for its own', () => {
      const actions = [
        action(10, 'resize'),
        action(13, 'resize'),
        action(12, 'resize'),
        action(11, 'rename'),
      ];
      const found = next([off, intended], { status: 'off' }, { actions });
      expect(found).to.have.nested.property('event.data.found', true);
      expect(brief(found)).to.equal('resize is 12');
    });
    it('waits long enough for one that is listed late, and then begins anew', () => {
      const { settle } = revertLimits;
      const older = [action(10, 'resize', 'completed'), action(11, 'power_off', 'completed')];
      expectNext([off, intended], { status: 'off' }, { actions: older, ms: settle - 1 }, 'wait');
      expectNext([off, intended], { status: 'off' }, { actions: older, ms: settle }, 'resize not-started');
      expectNext([off, tried('resize', 'not-started')], { status: 'off' }, {}, 'start resize');
    });
    it('takes the effect for the end where no action is ever shown', () => {
      const ms = revertLimits.settle;
      expectNext([off, intended], { status: 'off', size_slug: 'small' }, { ms }, 'resize completed');
      const powering = tried('power_off', null, { action_id: null, started_at: null });
      expectNext([powering], { status: 'off' }, { ms }, 'power_off completed');
      expectNext([powering], { status: 'active' }, { ms }, 'power_off not-started');
    });
    it('follows its action to the end, also while it is not shown yet', () => {
      expectNext([off, following], { status: 'off' }, {}, 'wait');
      for (const status of ['in-progress', 'a-new-word'])
        expectNext([off, following], { status: 'off' }, { action: action(11, 'resize', status) }, 'wait');
      const ended = (status: string) => ({ action: action(11, 'resize', status) });
      expectNext([off, following], { status: 'off' }, ended('completed'), 'resize completed');
      expectNext([off, following], { status: 'off' }, ended('errored'), 'resize errored');
    });
    it('gives an action up after the limit, unless its effect is there', () => {
      const late = { action: action(11, 'resize'), ms: revertLimits.action };
      expectNext([off, following], { status: 'off' }, late, 'resize timed-out');
      expectNext([off, following], { status: 'off', size_slug: 'small' }, late, 'resize completed');
    });
    it('ends at once where the droplet is gone', () => {
      expectNext([off, following], null, {}, 'resize errored');
      expectNext([off, intended], null, {}, 'resize errored');
      expectNext([off, tried('resize', 'errored')], null, {}, 'failed: the droplet is gone');
    });
  });

  describe('from step to step', () => {
    it('resizes once the droplet shows as off, and leaves one alone that was powered on meanwhile', () => {
      expectNext([off], { status: 'off' }, {}, 'start resize');
      expectNext([off], { status: 'active' }, {}, 'wait');
      const ms = revertLimits.shown;
      expectNext(
        [off],
        { status: 'active' },
        { ms },
        'failed: the droplet was powered on before it could be resized',
      );
    });
    it('does not repeat what another has done meanwhile, or an action that was listed late', () => {
      const notOff = tried('power_off', 'not-started');
      expectNext([notOff], { status: 'active' }, {}, 'start power_off');
      expectNext([notOff], { status: 'off' }, {}, 'start resize');
      expectNext([notOff], { status: 'active', size_slug: 'small' }, {}, 'DriftReverted');
      const notResized = tried('resize', 'not-started');
      expectNext([off, notResized], { status: 'off', size_slug: 'small' }, {}, 'start power_on');
      const notOn = tried('power_on', 'not-started');
      expectNext([off, resized, notOn], { size_slug: 'small' }, {}, 'DriftReverted');
      expectNext([off, resized, notOn], { status: 'off', size_slug: 'small' }, {}, 'start power_on');
    });
    it('powers on again only what it has powered off', () => {
      expectNext([off, resized], { status: 'off', size_slug: 'small' }, {}, 'start power_on');
      expectNext([resized], { status: 'off', size_slug: 'small' }, {}, 'DriftReverted');
    });
    it('ends when the droplet shows the size and is on', () => {
      const steps = [off, resized, tried('power_on', 'completed')];
      const ms = revertLimits.shown;
      expectNext(steps, { size_slug: 'small' }, {}, 'DriftReverted');
      expectNext(steps, { size_slug: 'small', status: 'off' }, {}, 'wait');
      expectNext(steps, { size_slug: 'small', status: 'off' }, { ms }, 'DriftReverted');
      expectNext(steps, {}, {}, 'wait');
      expectNext(steps, {}, { ms }, 'failed: the resize is completed, but the size is large');
    });
    it('fails with the state left behind where it cannot be powered on again', () => {
      const errored = tried('power_on', 'errored');
      const steps = [off, resized, errored, errored];
      expectNext(steps, { status: 'off', size_slug: 'small' }, {}, 'start power_on');
      const end = next([...steps, errored], { status: 'off', size_slug: 'small' });
      expect(brief(end)).to.equal('failed: resized, but it could not be powered on again: power_on errored');
      expect(end).to.have.deep.nested.property('event.data.left', { status: 'off', size_slug: 'small' });
    });
  });

  describe('after a failure', () => {
    it('only ends where nothing was changed', () => {
      for (const outcome of ['refused', 'errored', 'timed-out'] as const)
        expectNext([tried('power_off', outcome)], {}, {}, `failed: power_off ${outcome}`);
      expectNext([refused], { status: 'off' }, {}, 'failed: resize refused');
    });
    it('powers on again what it has powered off, and fails with the reason', () => {
      for (const outcome of ['refused', 'errored', 'timed-out'] as const)
        expectNext([off, tried('resize', outcome)], { status: 'off' }, {}, 'start power_on again');
      const on = tried('power_on', 'completed', { compensates: true });
      expectNext([off, refused, on], { status: 'off' }, {}, 'wait');
      expectNext([off, refused, on], { status: 'active' }, {}, 'failed: resize refused');
    });
    it('powers on too where the power-off counted as failed and happened all the same', () => {
      expectNext([tried('power_off', 'timed-out')], { status: 'off' }, {}, 'start power_on again');
    });
    it('says so where it cannot be powered on again', () => {
      const errored = tried('power_on', 'errored', { compensates: true });
      const reason = 'failed: resize refused; and it could not be powered on again:';
      const steps = [off, refused, errored, errored];
      expectNext(steps, { status: 'off' }, {}, 'start power_on again');
      expectNext([...steps, errored], { status: 'off' }, {}, `${reason} power_on errored`);
      const blocked = { actions: [action(12, 'resize')], ms: revertLimits.action };
      expectNext(
        [off, refused],
        { status: 'off' },
        blocked,
        `${reason} another action of the droplet does not end`,
      );
    });
    it('tries what surely had no effect five times, and longer while it is early', () => {
      const tries = (count: number) => Array.from({ length: count }, () => tried('power_off', 'not-started'));
      const ms = revertLimits.tries;
      expectNext(tries(4), {}, { ms }, 'start power_off');
      expectNext(tries(20), {}, { ms: ms - 1 }, 'start power_off');
      expectNext(tries(5), {}, { ms }, 'failed: power_off not-started');
    });
    it('tries to power on for longer than the quota of an hour can be used up', () => {
      const waited = Array.from({ length: 20 }, () =>
        tried('power_on', 'not-started', { compensates: true }),
      );
      const steps = [off, refused, ...waited];
      const ms = revertLimits.powerOnTries;
      expectNext(steps, { status: 'off' }, { ms: ms - 1 }, 'start power_on again');
      const reason = 'failed: resize refused; and it could not be powered on again: power_on not-started';
      expectNext(steps, { status: 'off' }, { ms }, reason);
    });
  });
});
