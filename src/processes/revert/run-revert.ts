import type { AdvanceRevert } from '../../../commands/inventory/advance-revert.ts';
import { resource, resourceStream, seenResource } from '../../../commands/inventory/resource.ts';
import type { Revert, RevertProgress, RevertStepName } from '../../../commands/inventory/revert.ts';
import { DigitalOceanError } from '../../digitalocean/errors.ts';
import type { ActionRequest, StartedAction } from '../../digitalocean/start-action.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { requireDigitalOcean } from '../ask-upstream.ts';
import { commands } from '../commands.ts';
import type { ProcessDeps, Provisioning } from '../process.ts';
import { decideRevert, failed, isDone, openStep, type RevertObservation } from './decide-revert.ts';

export type RevertDeps = Pick<ProcessDeps, 'ledger' | 'digitalOcean' | 'provisioning' | 'logger'>;

/** The longest time between an intent and its request: later, another process may have taken over. */
const sendWithinMs = 5_000;
/** How long DigitalOcean may be out of reach before a revert gives up. */
const troubleMs = 2 * 3_600_000;
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/** @throws {Refused} `not-configured` without the token that may change droplets */
export function requireProvisioning(provisioning: ProcessDeps['provisioning']): Provisioning {
  if (provisioning === null || provisioning === undefined)
    throw new Refused(
      refuse('not-configured', 'no token may change droplets (DIGITALOCEAN_WRITE_TOKEN is not set)'),
    );
  return provisioning;
}

interface Loaded {
  revert: Revert;
  dropletId: string;
}

async function load(deps: RevertDeps, resourceId: string, runId: string): Promise<Loaded> {
  const events = await deps.ledger.events(resourceStream(resourceId));
  const state = seenResource(foldStream(resource, events));
  const revert = state?.reverts.find((one) => one.run_id === runId);
  if (state === null || revert === undefined)
    throw new Refused(refuse('not-found', 'there is no such revert'));
  return { revert, dropletId: state.provider_id };
}

/** The pauses between two looks: longer and longer until something has happened, and never all alike. */
function createPauses(provisioning: Provisioning) {
  let count = 0;
  return {
    reset: (): void => {
      count = 0;
    },
    async pause(atLeastMs = 0): Promise<void> {
      const most = Math.min(longestPauseMs, firstPauseMs * 1.5 ** count++);
      const jittered = Math.round(most * (0.5 + 0.5 * provisioning.random()));
      await provisioning.sleep(Math.max(atLeastMs, jittered));
    },
  };
}

/**
 * Takes a revert to its end, from wherever its events say it is. Any number of processes may do so at once:
 * an event is added by the one that has seen all before it, and only the one that added an intent sends a
 * request.
 */
export async function runRevert(
  deps: RevertDeps,
  { resource_id, run_id }: { resource_id: string; run_id: string },
  meta: () => CommandMeta,
): Promise<Revert> {
  const provisioning = requireProvisioning(deps.provisioning);
  const pauses = createPauses(provisioning);
  for (;;) {
    const { revert, dropletId } = await load(deps, resource_id, run_id);
    if (revert.status !== 'running') return revert;
    const add = async (event: RevertProgress, seq = revert.seq): Promise<boolean> =>
      addEvent(deps, { resource_id, run_id, seq, event }, meta());
    const seen = await observe(deps, revert, dropletId);
    if ('trouble' in seen) {
      const now = deps.ledger.now();
      if (!givesUp(revert, seen.trouble, now)) await pauses.pause();
      else {
        const of = { run_id, resource_id, drift_id: revert.drift_id, field: revert.field };
        await add(failed(of, seen.trouble.message, { now, droplet: null }).event);
      }
      continue;
    }
    const next = decideRevert(revert, resource_id, seen);
    if (next.do === 'wait') await pauses.pause();
    else if (next.do === 'record') {
      await add(next.event);
      pauses.reset();
    } else {
      const { step, attempt, compensates, after_action_id } = next;
      const began = performance.now();
      const data = { run_id, resource_id, step, attempt, after_action_id, compensates };
      if (!(await add({ type: 'RevertStepIntended', data: { ...data, intended_at: deps.ledger.now() } })))
        continue;
      const answer = await provisioning.startAction(
        dropletId,
        requestOf(step, revert.desired),
        () => performance.now() - began < sendWithinMs,
      );
      const of = { run_id, resource_id, step, attempt, desired: revert.desired, dropletId };
      const event = await eventOf(deps, answer, of);
      // An answer that says nothing: the actions of the droplet are looked at.
      if (event !== null) await add(event, revert.seq + 1);
      pauses.reset();
      if (answer.kind === 'rate-limited') await pauses.pause(answer.waitMs);
      else if (event?.type === 'RevertStepEnded' && event.data.outcome !== 'completed')
        await pauses.pause(longestPauseMs);
    }
  }
}

function requestOf(step: RevertStepName, size: string): ActionRequest {
  return step === 'resize' ? { type: 'resize', size, disk: false } : { type: step };
}

/** @returns whether this process has added it: another may have gone on meanwhile */
async function addEvent({ ledger }: RevertDeps, input: AdvanceRevert, meta: CommandMeta): Promise<boolean> {
  try {
    return (await ledger.execute(commands.advanceRevert, input, meta)).appended > 0;
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'conflict') return false;
    throw error;
  }
}

/** What DigitalOcean says now, or why it says nothing. */
async function observe(
  { digitalOcean, ledger }: RevertDeps,
  revert: Revert,
  dropletId: string,
): Promise<RevertObservation | { trouble: DigitalOceanError }> {
  const client = requireDigitalOcean(digitalOcean);
  const followed = openStep(revert)?.action_id ?? null;
  try {
    const action = followed === null ? null : await client.dropletAction(dropletId, followed);
    const actions = followed === null ? ((await client.listDropletActions(dropletId)) ?? []) : [];
    const droplet = await client.dropletState(dropletId);
    return { now: ledger.now(), droplet, actions, action };
  } catch (error) {
    if (error instanceof DigitalOceanError) return { trouble: error };
    throw error;
  }
}

/**
 * Whether a revert gives up because DigitalOcean says nothing about the droplet: at once while it has changed
 * nothing and asking again would end the same way, else only after a long time, since the droplet may be off.
 */
function givesUp({ steps, changed_at }: Revert, { code }: DigitalOceanError, now: string): boolean {
  const isHopeless = code === 'unauthorized' || code === 'forbidden' || code === 'invalid';
  return (steps.length === 0 && isHopeless) || Date.parse(now) - Date.parse(changed_at) > troubleMs;
}

/** The event that an answer is; null where only the droplet's actions can say. */
async function eventOf(
  { digitalOcean, ledger }: RevertDeps,
  answer: StartedAction,
  at: {
    run_id: string;
    resource_id: string;
    step: RevertStepName;
    attempt: number;
    desired: string;
    dropletId: string;
  },
): Promise<RevertProgress | null> {
  const { run_id, resource_id, step, attempt, desired, dropletId } = at;
  const of = { run_id, resource_id, step, attempt };
  if (answer.kind === 'unknown') return null;
  if (answer.kind === 'started')
    return {
      type: 'RevertStepStarted',
      data: { ...of, action_id: answer.action.id, found: false, started_at: ledger.now() },
    };
  const client = requireDigitalOcean(digitalOcean);
  const isRefused = answer.kind === 'refused';
  const droplet = isRefused ? await client.dropletState(dropletId).catch(() => null) : null;
  const actions = isRefused ? await client.listDropletActions(dropletId).catch(() => null) : null;
  const isInTheWay =
    /pending|in progress/i.test(answer.reason) || actions?.some(({ status }) => status === 'in-progress');
  // A refusal because the droplet is so already, or because an action is in its way, is no failure.
  const outcome = isDone(step, desired, droplet)
    ? ('completed' as const)
    : !isRefused || isInTheWay === true
      ? ('not-started' as const)
      : ('refused' as const);
  return {
    type: 'RevertStepEnded',
    data: { ...of, action_id: null, outcome, reason: answer.reason, ended_at: ledger.now() },
  };
}
