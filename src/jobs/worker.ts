// The worker: runs jobs by their schedule, and what they queue, beside any number of other workers.
import { Worker, type Job as QueueJob } from 'bullmq';
import type { RedisTarget } from '../embedded/redis.ts';
import type { Sql } from '../database/db.ts';
import type { Logger } from '../runtime/logger.ts';
import { noStallLimit } from './bullmq-repairs/stall-count.ts';
import { tickTime } from './bullmq-repairs/waiting-tick.ts';
import type { Job } from './job.ts';
import type { ProcessDeps } from '../processes/process.ts';
import type { JobRunner } from './job-runner.ts';
import { createQueues, queueNames, type QueueEntry, type Retries } from './queues.ts';
import { connectRedis } from './redis-connections.ts';
import { createScheduleStore } from './schedule-store.ts';
import { attemptRun, giveBack, type AttemptContext, type Attempt, type WorkerPauses } from './attempt-run.ts';
import type { JobLocks } from './job-locks.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/** A worker's times, in milliseconds. */
export interface WorkerTimes extends WorkerPauses {
  /** How often it is made sure that the schedule is in force and that nothing is missing from the queues. */
  lookMs: number;
  /** A run whose worker has not been heard of for so long is taken over… */
  lockMs: number;
  /** …the next time that somebody looks, which is this often. */
  stalledMs: number;
}

export interface WorkerOptions {
  redis: RedisTarget;
  /** What the keys in Redis begin with: a ledger's own. */
  prefix: string;
  jobs: readonly Job[];
  runner: JobRunner;
  deps: ProcessDeps;
  sql: Sql;
  /** The locks of running jobs. */
  locks: JobLocks;
  logger: Logger;
  retries?: Partial<Retries>;
  times?: Partial<WorkerTimes>;
}

/** The worker of one process. */
export interface JobWorker {
  /** Settles when the schedule is in force for the first time, which is as soon as Redis is there. */
  readonly started: Promise<void>;
  /**
   * Takes nothing new, lets the runs under way end for at most `drainMs`, and hands back those that have not:
   * another worker makes them again, as soon as their locks are free, which is when `locks` ends.
   */
  close(drainMs?: number): Promise<void>;
  /** Asks Redis for an answer. @throws when there is none */
  probe(): Promise<Record<string, unknown>>;
}

/** Attempts at half a minute, 1, 2 and 4 minutes from each other. */
const defaultRetries: Retries = { attempts: 5, backoffMs: 30_000 };
const defaultTimes: WorkerTimes = {
  lookMs: 60_000,
  lockMs: 10_000,
  stalledMs: 5_000,
  heldBackMs: 120_000,
  busyMs: 2_000,
};
/** How long a connection that no longer answers may keep a worker from closing. */
const LEAVE_MS = 5_000;

/**
 * Starts it. Redis may be away at any time, from the start on: the worker then waits for it, and says so
 * once.
 */
export function startWorker(options: WorkerOptions): JobWorker {
  const { prefix, runner, deps, sql, logger } = options;
  const retries = { ...defaultRetries, ...options.retries };
  const times = { ...defaultTimes, ...options.times };
  const redis = connectRedis(options.redis, logger);
  const store = createScheduleStore(sql);
  const queues = createQueues(redis, prefix, options.jobs, retries);
  const scheduler = createScheduler({
    jobs: options.jobs,
    deps,
    runner,
    store,
    queues,
    redis,
    logger,
    everyMs: times.lookMs,
  });
  const context: AttemptContext = {
    jobs: new Map(options.jobs.map((job) => [job.name, job])),
    deps,
    runner,
    store,
    locks: options.locks,
    retries,
    pauses: times,
    logger,
    queue: scheduler.queue,
  };
  const { process, underWay, stopTaking } = createProcessor(context, scheduler);
  const workers = queueNames.map((name) => {
    const worker = new Worker(name, process, {
      connection: redis.waiting,
      prefix,
      skipVersionCheck: true,
      concurrency: 1,
      lockDuration: times.lockMs,
      stalledInterval: times.stalledMs,
      ...noStallLimit,
      drainDelay: 2,
      runRetryDelay: 1_000,
    });
    worker.on('error', redis.report);
    return worker;
  });
  let closing: Promise<void> | undefined;
  return {
    started: scheduler.started,
    async probe() {
      await redis.commands.ping();
      return {};
    },
    close(drainMs) {
      closing ??= (async () => {
        stopTaking();
        await scheduler.stop();
        await Promise.all(workers.map((worker) => worker.pause(true)));
        await settle(Promise.all([...underWay.values()]), drainMs);
        const left = [...underWay.keys()];
        if (left.length > 0)
          logger.warn(
            { runs: left.map(({ id }) => id) },
            'job runs that have not ended in time are handed back',
          );
        const isThere = redis.isThere();
        await settle(Promise.all(left.map((attempt) => handBack(context, attempt, isThere))), LEAVE_MS);
        // Without force a worker waits for what it is in the middle of, and has Redis told of it.
        const hasToForce = (worker: Worker): boolean =>
          !isThere || left.some(({ entry }) => entry.queueName === worker.name);
        await settle(Promise.all(workers.map((worker) => worker.close(hasToForce(worker)))), LEAVE_MS);
        await queues.close().catch(redis.report);
        redis.close();
      })();
      return closing;
    },
  };
}

/** What BullMQ calls with each entry; what it is in the middle of is in `underWay`. */
function createProcessor(context: AttemptContext, scheduler: Scheduler) {
  const underWay = new Map<Attempt, Promise<void>>();
  let isStopping = false;
  const process = async (entry: QueueJob, token?: string): Promise<void> => {
    if (token === undefined) throw new Error("an entry without a token is nobody's");
    // It was fetched while the worker was stopping.
    if (isStopping) return giveBack(entry, token);
    if ((entry.name as QueueEntry) === 'tick')
      return scheduler.tick(String((entry.data as { job?: unknown }).job), tickTime(entry));
    const attempt: Attempt = { entry, token, id: entry.id ?? '', runId: null, isHandedBack: false };
    const done = attemptRun(context, attempt);
    underWay.set(
      attempt,
      done.catch(() => undefined),
    );
    try {
      await done;
    } finally {
      underWay.delete(attempt);
    }
  };
  return {
    process,
    underWay,
    stopTaking: () => {
      isStopping = true;
    },
  };
}

/**
 * Another worker makes the attempt again; the row of this one says so. Each step helps alone: without Redis
 * the lock runs out.
 */
async function handBack(
  { runner, store, logger }: AttemptContext,
  attempt: Attempt,
  redisIsThere: boolean,
): Promise<void> {
  attempt.isHandedBack = true;
  const { entry, token, id, runId } = attempt;
  const told = (error: unknown): void => {
    logger.warn(
      { run_id: runId, err: error },
      'a job run could not be handed back: it is taken over when its lock has run out',
    );
  };
  if (runId !== null)
    await runner
      .handBack(runId)
      .then(() => store.handedBack(id))
      .catch(told);
  if (redisIsThere) await entry.moveToWait(token).catch(told);
}

/**
 * Waits for work, for at most so long (default: as long as it takes). What becomes of it later is nobody's
 * any more.
 */
async function settle(work: Promise<unknown>, ms: number | undefined): Promise<void> {
  const quiet = work.then(
    () => undefined,
    () => undefined,
  );
  if (ms === undefined) return quiet;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([quiet, late]);
  clearTimeout(timer);
}
