// What a worker does with an entry of a queue.
import { DelayedError, UnrecoverableError, WaitingError, type Job as QueueJob } from 'bullmq';
import { neverRuns } from './job-failure.ts';
import type { HeldBack, Job } from './job.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';
import type { ProcessDeps, ProcessRun } from '../processes/process.ts';
import type { JobRunner } from './job-runner.ts';
import type { QueuedRun, ScheduleStore } from './schedule-store.ts';
import type { JobLocks } from './job-locks.ts';
import type { Retries, WorkerTimes } from './worker-times.ts';

/** What every attempt of a worker needs. */
export interface AttemptContext {
  jobs: ReadonlyMap<string, Job>;
  deps: ProcessDeps;
  runner: JobRunner;
  store: ScheduleStore;
  locks: JobLocks;
  retries: Retries;
  times: Pick<WorkerTimes, 'heldBackMs' | 'busyMs'>;
  queue: NonNullable<ProcessRun['queue']>;
}

/** An attempt of this process that has not ended. */
export interface Attempt {
  entry: QueueJob;
  token: string;
  /** The queued run. */
  id: string;
  /** Null until the job has begun. */
  runId: string | null;
  /** Another worker repeats it. */
  isHandedBack: boolean;
}

/** After so many deaths of its process a run is dead: it may be their cause. */
const MOST_INTERRUPTIONS = 5;

/** Leaves the entry for later, without counting it as an attempt. */
async function later(entry: QueueJob, token: string, ms: number): Promise<never> {
  await entry.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/** Gives the entry back, first in its queue, for another worker to take. */
export async function giveBack(entry: QueueJob, token: string): Promise<never> {
  await entry.moveToWait(token);
  throw new WaitingError();
}

/**
 * Makes one attempt at a queued run. Returns when nothing is left to do; throws for another attempt after a
 * pause, or one of BullMQ's own errors to put the entry back.
 * @param attempt filled in as the attempt goes on
 */
export async function attemptRun(context: AttemptContext, attempt: Attempt): Promise<void> {
  const { locks, times, deps } = context;
  const { entry, token } = attempt;
  const name = String((entry.data as { job?: unknown }).job);
  const job = context.jobs.get(name);
  // A newer release may have queued it: the workers of that release run it.
  if (job === undefined) return later(entry, token, times.heldBackMs);
  let release;
  try {
    release = await locks.take(name);
  } catch (error) {
    deps.logger.warn({ job: name, err: error }, 'a queued run waits for the database');
    return later(entry, token, times.busyMs);
  }
  if (release === null) return later(entry, token, times.busyMs);
  let isHandedBack = false;
  try {
    isHandedBack = (await attemptLocked(context, attempt, job)) === 'handed-back';
  } finally {
    await release();
  }
  if (isHandedBack) throw new WaitingError();
}

async function attemptLocked(
  context: AttemptContext,
  attempt: Attempt,
  job: Job,
): Promise<'handed-back' | 'done'> {
  const { store, deps, times } = context;
  const { entry, token, id } = attempt;
  const queued = await store.find(id);
  // The run has ended; only its entry was left.
  if (queued === null) return 'done';
  if (queued.run_id !== null) await recordInterruption(context, queued);
  const held = await (job.heldBack?.(queued.input, deps) ?? null);
  if (held !== null) {
    await store.held(id, held, new Date(Date.now() + times.heldBackMs));
    logHeldBack(deps, queued, held);
    return later(entry, token, times.heldBackMs);
  }
  return attempt.isHandedBack ? 'handed-back' : runOnce(context, attempt, queued);
}

/** Logs why a run waits when that is new: it is looked at every few minutes, perhaps for weeks. */
function logHeldBack(
  { logger }: ProcessDeps,
  { job, input, waiting_for, held_by }: QueuedRun,
  held: HeldBack,
): void {
  const known = waiting_for === null ? null : { waiting_for, held_by };
  if (canonicalJson(known) === canonicalJson(held)) return;
  logger.warn({ job, input, ...held }, 'a scheduled run is held back');
}

/** Counts that the process of a run's last attempt has died; at the limit the run is dead. */
async function recordInterruption(
  { store, runner }: AttemptContext,
  { id, run_id, interruptions }: QueuedRun,
): Promise<void> {
  const isDead = interruptions + 1 >= MOST_INTERRUPTIONS;
  if (run_id !== null) await runner.recordInterruption(run_id, isDead);
  if (!isDead) return store.interrupted(id);
  await store.ended(id);
  throw new UnrecoverableError(`its process has died ${MOST_INTERRUPTIONS} times in the middle of it`);
}

async function runOnce(
  { runner, store, retries, queue, deps: { logger } }: AttemptContext,
  attempt: Attempt,
  { id, job, input, failed_attempts }: QueuedRun,
): Promise<'handed-back' | 'done'> {
  const { run, outcome } = await runner
    .attempt(job, input, {
      attempt: failed_attempts + 1,
      attempts: retries.attempts,
      queue,
      async onStart(runId) {
        attempt.runId = runId;
        await store.started(id, runId);
      },
    })
    .catch(async (error: unknown) => {
      if (!neverRuns(error)) throw error;
      // A release that took other input has queued it.
      logger.error({ job, input, err: error }, 'a queued run is dropped: no run can take its input');
      await store.ended(id);
      throw new UnrecoverableError(error.message);
    });
  if (outcome === 'handed-back') return outcome;
  if (outcome === 'completed') {
    await store.ended(id);
    return 'done';
  }
  if (outcome === 'dead') {
    await store.ended(id);
    throw new UnrecoverableError(run.error ?? 'failed');
  }
  await store.failed(id, new Date(Date.now() + retries.backoffMs * 2 ** failed_attempts));
  throw new Error(run.error ?? 'failed');
}
