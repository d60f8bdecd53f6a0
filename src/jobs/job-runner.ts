import type { Sql } from '../database/db.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import type { Actor } from '../events/define.ts';
import { describeFailure, isAnswer, neverRuns, unrecoverable } from './job-failure.ts';
import type { Job } from './job.ts';
import type { ProcessDeps, ProcessRun } from '../processes/process.ts';
import { checkInput } from './check-input.ts';
import {
  createRunStore,
  type DeadRun,
  type RunProgress,
  type RunStore,
  type StoredRun,
} from './run-store.ts';
import { recordProgress } from './record-progress.ts';
import { trackRuns } from './track-runs.ts';
import { readSchedule, type JobSchedule } from './schedule-store.ts';
import { freshMeta } from '../ledger/fresh-meta.ts';

export type { DeadRun, StoredRun } from './run-store.ts';

export interface RunOptions {
  actor: Actor;
  /** Called as the job goes on: `done` of `total` steps. */
  onProgress?: ProcessRun['progress'];
}

/** An attempt of the schedule at a queued run. */
export interface AttemptOptions {
  /** The number of this attempt, from 1. */
  attempt: number;
  /** The most attempts that are made. */
  attempts: number;
  queue: NonNullable<ProcessRun['queue']>;
  /** Called with the run's id before the job begins. */
  onStart(runId: string): Promise<void>;
}

/**
 * How an attempt ended. `dead`: it failed and was the last, or would fail again the same way; `handed-back`:
 * another worker repeats it.
 */
export interface Attempted {
  run: StoredRun;
  outcome: 'completed' | 'failed' | 'dead' | 'handed-back';
}

/** Runs jobs by name, for the schedule, the API and the command line alike. */
export interface JobRunner {
  readonly jobs: readonly Job[];
  /**
   * Runs a job and answers when it is done. A job that fails is a run with status `failed`, not an exception.
   * @throws {Refused} `unknown-job`; `invalid-input`, `day-not-ended` or `period-not-ended` for input that no
   * run can take
   */
  run(name: string, input: unknown, options: RunOptions): Promise<StoredRun>;
  /**
   * Starts a job and answers its run at once; `finished` settles (never rejects) when it is done. A refusal
   * that comes only once it runs, such as of a day that has not ended, makes a failed run.
   */
  start(
    name: string,
    input: unknown,
    options: RunOptions,
  ): Promise<{ run: StoredRun; finished: Promise<StoredRun> }>;
  /**
   * Makes an attempt at a run of the schedule, as actor `job:<name>`. A job that fails is an outcome, not an
   * exception.
   * @throws {Refused} `unknown-job`, or `invalid-input` for input that was queued by another release
   */
  attempt(name: string, input: unknown, options: AttemptOptions): Promise<Attempted>;
  /** Records a run whose id follows from its input, before it is queued: it counts as running. */
  expect(name: string, input: unknown, actor: Actor): Promise<void>;
  /** Whether a run is under way, or queued, by its record. */
  isLive(id: string): Promise<boolean>;
  /** The runs of a job whose process has died, and that no process is to run again. */
  interrupted(name: string): Promise<string[]>;
  /** Stops waiting for an attempt of this process: another worker repeats it, its outcome here is dropped. */
  handBack(runId: string): Promise<void>;
  /** Records that the process of an attempt has died; with `dead`, that the schedule gives up on the run. */
  recordInterruption(runId: string, dead: boolean): Promise<void>;
  /** The input as the job takes it, with its defaults. @throws {Refused} `unknown-job` or `invalid-input` */
  parse(name: string, input: unknown): unknown;
  /** A run by its id. */
  find(id: string): Promise<StoredRun | null>;
  /** Runs, latest first. */
  list: RunStore['list'];
  /** The last run of each job, and each job's last failed run. */
  latest(): Promise<{ last: Map<string, StoredRun>; lastFailed: Map<string, StoredRun> }>;
  /** The state of each job's schedule, and the runs that the schedule has given up on, latest first. */
  schedule(): Promise<{ schedules: Map<string, JobSchedule>; dead: Map<string, DeadRun[]> }>;
  /** Waits for the runs that were started. */
  drain(): Promise<void>;
  /** Deletes runs that ended more than `days` ago, but for the latest of each job; answers how many. */
  purge(days?: number): Promise<number>;
}

/** The actor of a job that the schedule runs. */
function jobActor(name: string): Actor {
  return { sub: `job:${name}`, tenant_id: null, roles: ['platform_admin'] };
}

const handedBackError = 'handed back: the process that ran it was stopped, another worker runs it again';

/** A run that has begun, and its outcome to come. */
interface Begun {
  run: StoredRun;
  outcome: Promise<unknown>;
  /** The last record of its progress. */
  recorded: () => Promise<RunProgress | null>;
}

/** Creates the runner over the job table. Runs are kept in `job_runs`. */
export function createJobRunner(table: readonly Job[], deps: ProcessDeps, sql: Sql): JobRunner {
  const byName = new Map(table.map((job) => [job.name, job]));
  const store = createRunStore(sql);
  const { ledger, logger } = deps;
  const running = trackRuns(store, logger);

  function known(name: string): Job {
    const job = byName.get(name);
    if (job === undefined)
      throw new Refused(
        refuse('unknown-job', `there is no job ${name}; jobs are ${[...byName.keys()].join(', ')}`),
      );
    return job;
  }

  async function begin(
    name: string,
    input: unknown,
    { actor, onProgress }: RunOptions,
    scheduled?: AttemptOptions,
  ): Promise<Begun> {
    const job = known(name);
    const parsed = checkInput(job, input);
    const { attempt = 1, attempts = 1, queue = null } = scheduled ?? {};
    const run: StoredRun = {
      id: job.runId?.(parsed) ?? ledger.newId(),
      job: name,
      input: parsed,
      actor: actor.sub,
      status: 'running',
      result: null,
      error: null,
      trigger: scheduled === undefined ? 'hand' : 'schedule',
      attempt,
      attempts,
      progress: null,
      started_at: ledger.now(),
      finished_at: null,
    };
    await store.insert(run);
    await scheduled?.onStart(run.id);
    const meta = () => freshMeta(ledger, { actor, correlationId: run.id });
    const progress = recordProgress(store, run.id, logger, onProgress);
    return {
      run,
      outcome: job.run(parsed, deps, { actor, runId: run.id, meta, progress: progress.report, queue }),
      recorded: progress.recorded,
    };
  }

  function failed(run: StoredRun, error: unknown): StoredRun {
    return { ...run, status: 'failed', error: describeFailure(error), finished_at: ledger.now() };
  }

  /** Records how a run ended. */
  async function finish({ run, outcome, recorded }: Begun): Promise<{ ended: StoredRun; error: unknown }> {
    const { ended: last, error } = await outcome.then(
      (result) => ({
        ended: { ...run, status: 'completed' as const, result: result ?? null, finished_at: ledger.now() },
        error: undefined,
      }),
      (failure: unknown) => ({ ended: failed(run, failure), error: failure }),
    );
    const ended = { ...last, progress: await recorded() };
    if (running.isBrokenOff(run.id)) return { ended, error };
    if (ended.status === 'failed')
      logger.warn(
        {
          job: run.job,
          run_id: run.id,
          correlation_id: run.id,
          attempt: run.attempt,
          attempts: run.attempts,
          err: error,
        },
        'a job failed',
      );
    await store.end(ended, isDead(ended, error));
    return { ended, error };
  }

  return {
    jobs: table,
    async run(name, input, options) {
      const begun = await begin(name, input, options);
      const { run, outcome } = begun;
      // A job that refuses its input has not run: the refusal is answered, and no run is kept.
      const refused = outcome.then(
        () => false,
        (error: unknown) => neverRuns(error),
      );
      return running.track(
        run.id,
        refused.then(async (isRefused) => {
          if (!isRefused) return (await finish(begun)).ended;
          await store.remove(run.id);
          throw await outcome.catch((error: unknown) => error);
        }),
      );
    },
    async start(name, input, options) {
      const begun = await begin(name, input, options);
      const finished = running.track(
        begun.run.id,
        finish(begun).then(({ ended }) => ended),
      );
      return { run: begun.run, finished: finished.catch((error: unknown) => failed(begun.run, error)) };
    },
    async attempt(name, input, options) {
      const begun = await begin(name, input, { actor: jobActor(name) }, options);
      const { id } = begun.run;
      const { ended, error } = await running.track(id, finish(begun));
      if (running.isBrokenOff(id)) return { run: ended, outcome: 'handed-back' };
      return {
        run: ended,
        outcome:
          ended.status === 'completed' || isAnswer(error)
            ? 'completed'
            : isDead(ended, error)
              ? 'dead'
              : 'failed',
      };
    },
    async expect(name, input, actor) {
      const job = known(name);
      const parsed = checkInput(job, input);
      const id = job.runId?.(parsed);
      if (id === undefined) return;
      await store.insert({
        ...{ id, job: name, input: parsed, actor: actor.sub, status: 'running', result: null, error: null },
        ...{ trigger: 'schedule', attempt: 1, attempts: 1, started_at: ledger.now(), finished_at: null },
      });
    },
    isLive: (id) => store.isLive(id),
    interrupted: (name) => store.interrupted(name),
    async handBack(runId) {
      running.breakOff(runId);
      await store.breakOff(runId, handedBackError, ledger.now(), false);
    },
    recordInterruption: (runId, dead) => store.breakOff(runId, null, ledger.now(), dead),
    parse: (name, input) => checkInput(known(name), input),
    async find(id) {
      await store.failInterrupted();
      return store.find(id);
    },
    async list(filter, page) {
      await store.failInterrupted();
      return store.list(filter, page);
    },
    async latest() {
      await store.failInterrupted();
      const names = [...byName.keys()];
      return { last: await store.latest(names, false), lastFailed: await store.latest(names, true) };
    },
    async schedule() {
      const [schedules, dead] = await Promise.all([readSchedule(sql), store.dead()]);
      return { schedules, dead };
    },
    drain: () => running.drain(),
    purge: (days = 90) => store.purge(days),
  };
}

/** Whether the schedule gives up after this run. A run by hand is never dead. */
function isDead({ status, trigger, attempt, attempts }: StoredRun, error: unknown): boolean {
  if (isAnswer(error)) return false;
  return status === 'failed' && trigger === 'schedule' && (attempt >= attempts || unrecoverable(error));
}
