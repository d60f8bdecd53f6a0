// The worker: runs jobs by their schedule, and what they queue, beside any number of other workers.
import { Worker, type Job as QueueEntry } from 'bullmq';
import type { Sql } from '../database/db.ts';
import type { RedisTarget } from '../embedded/open-redis.ts';
import type { ProcessDeps } from '../processes/process.ts';
import { withTimeLimit } from '../runtime/time-limit.ts';
import { attemptRun, giveBack, type Attempt, type AttemptContext } from './attempt-run.ts';
import { noStallLimit } from './bullmq-repairs/stall-count.ts';
import { tickTime } from './bullmq-repairs/waiting-tick.ts';
import type { JobLocks } from './job-locks.ts';
import type { JobRunner } from './job-runner.ts';
import { queueNames, type Job } from './job.ts';
import { createQueues, type EntryName } from './queues.ts';
import { connectRedis, type RedisConnections } from './redis-connections.ts';
import { createScheduleStore } from './schedule-store.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import type { Retries, WorkerTimes } from './worker-times.ts';

/** Where a worker's queues are, and its pace. */
export interface WorkerSettings {
  redis: RedisTarget;
  times: WorkerTimes;
  retries: Retries;
}

export interface WorkerOptions {
  settings: WorkerSettings;
  /** What the keys in Redis begin with: a ledger's own. */
  prefix: string;
  jobs: readonly Job[];
  runner: JobRunner;
  deps: ProcessDeps;
  sql: Sql;
  /** The locks of running jobs. */
  locks: JobLocks;
}

export interface JobWorker {
  /** Settles when the schedule is in force for the first time, which is as soon as Redis is there. */
  readonly started: Promise<void>;
  /**
   * Takes nothing new, waits for the runs under way at most `drainMs` (default: as long as they take), and
   * hands back the others. Another worker repeats them once their locks are free: end the sessions of `locks`
   * when nothing of this process can run any more.
   */
  close(drainMs?: number): Promise<void>;
  /** Queues a run, unless it is queued already. @throws {Refused} `unknown-job` or `invalid-input` */
  queue: Scheduler['queue'];
  /** Sends Redis a PING. @throws without an answer */
  probe(): Promise<void>;
}

/** How long a connection that no longer answers may keep a worker from closing, in milliseconds. */
const LEAVE_MS = 5_000;

/** Redis may be away at any time, also at the start: the worker waits for it, and logs that once. */
export function startWorker(options: WorkerOptions): JobWorker {
  const { settings, prefix, jobs, runner, deps, sql, locks } = options;
  const { times, retries } = settings;
  const { logger } = deps;
  const redis = connectRedis(settings.redis, logger);
  const store = createScheduleStore(sql);
  const queues = createQueues(redis, prefix, jobs, retries);
  const everyMs = times.lookMs;
  const scheduler = createScheduler({ jobs, deps, runner, store, queues, redis, everyMs });
  const context: AttemptContext = {
    jobs: new Map(jobs.map((job) => [job.name, job])),
    deps,
    runner,
    store,
    locks,
    retries,
    times,
    queue: scheduler.queue,
  };
  const { process, underWay, stopTaking } = createProcessor(context, scheduler);
  const workers = queueNames.map((name) => openQueueWorker(name, process, { redis, prefix, times }));
  let closing: Promise<void> | undefined;
  return {
    started: scheduler.started,
    queue: scheduler.queue,
    async probe() {
      await redis.commands.ping();
    },
    close(drainMs) {
      closing ??= (async () => {
        stopTaking();
        await scheduler.stop();
        await Promise.all(workers.map((worker) => worker.pause(true)));
        await settled(Promise.all([...underWay.values()]), drainMs);
        const left = [...underWay.keys()];
        if (left.length > 0)
          logger.warn(
            { runs: left.map(({ id }) => id) },
            'job runs that have not ended in time are handed back',
          );
        const isThere = redis.isThere();
        await settled(Promise.all(left.map((attempt) => handBack(context, attempt, isThere))), LEAVE_MS);
        // Without force BullMQ waits for the entry that is being processed, and writes its outcome to Redis.
        const hasToForce = (worker: Worker): boolean =>
          !isThere || left.some(({ entry }) => entry.queueName === worker.name);
        await settled(Promise.all(workers.map((worker) => worker.close(hasToForce(worker)))), LEAVE_MS);
        await queues.close().catch(redis.report);
        redis.close();
      })();
      return closing;
    },
  };
}

/** Takes the entries of a queue, one at a time. */
function openQueueWorker(
  name: string,
  process: (entry: QueueEntry, token?: string) => Promise<void>,
  { redis, prefix, times }: { redis: RedisConnections; prefix: string; times: WorkerTimes },
): Worker {
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
}

/** What BullMQ calls with each entry; attempts that have not ended are in `underWay`. */
function createProcessor(context: AttemptContext, scheduler: Scheduler) {
  const underWay = new Map<Attempt, Promise<void>>();
  let isStopping = false;
  const process = async (entry: QueueEntry, token?: string): Promise<void> => {
    if (token === undefined) throw new Error('BullMQ gave an entry without a token');
    // It was fetched while the worker was stopping.
    if (isStopping) return giveBack(entry, token);
    if ((entry.name as EntryName) === 'tick')
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

/** Leaves an attempt to another worker. Each step may fail: without Redis the entry's lock runs out. */
async function handBack(
  { runner, store, deps: { logger } }: AttemptContext,
  attempt: Attempt,
  redisIsThere: boolean,
): Promise<void> {
  attempt.isHandedBack = true;
  const { entry, token, id, runId } = attempt;
  const warn = (error: unknown): void => {
    logger.warn(
      { run_id: runId, err: error },
      'a job run could not be handed back: it is taken over when its lock has run out',
    );
  };
  if (runId !== null)
    await runner
      .handBack(runId)
      .then(() => store.handedBack(id))
      .catch(warn);
  if (redisIsThere) await entry.moveToWait(token).catch(warn);
}

/** Waits until work has ended, however it ends, for at most `ms` (default: as long as it takes). */
async function settled(work: Promise<unknown>, ms: number | undefined): Promise<void> {
  await (ms === undefined ? work : withTimeLimit(work, ms)).catch(() => undefined);
}
