// Keeps the schedule in force: takes its ticks, and makes up for missed ones.
import { asError } from '../runtime/as-error.ts';
import type { Job } from './job.ts';
import type { ProcessDeps, ProcessRun } from '../processes/process.ts';
import type { JobRunner } from './job-runner.ts';
import type { JobQueues } from './queues.ts';
import type { RedisConnections } from './redis-connections.ts';
import { nextTick, scheduledJobs, type ScheduledJob } from './scheduled-jobs.ts';
import type { QueuedRun, ScheduleStore } from './schedule-store.ts';

export interface SchedulerOptions {
  jobs: readonly Job[];
  deps: ProcessDeps;
  runner: JobRunner;
  store: ScheduleStore;
  queues: JobQueues;
  redis: RedisConnections;
  /** How often schedule and queues are compared, in milliseconds. */
  everyMs: number;
}

/** Turns ticks into runs. */
export interface Scheduler {
  /** Settles when the schedule is in force for the first time. */
  readonly started: Promise<void>;
  /** Takes a tick: queues a run for each input that is due, unless another worker has taken it. */
  tick(job: string, at: Date): Promise<void>;
  /** Queues a run, unless it is queued already. @throws {Refused} `unknown-job` or `invalid-input` */
  queue: NonNullable<ProcessRun['queue']>;
  /** Stops after the comparison under way. */
  stop: () => Promise<void>;
}

/**
 * Ticks come from Redis, which may be away or come back empty. So ticks and runs are written to PostgreSQL
 * first, and compared with Redis every minute, at the start and when it is back. Missed ticks of a job are
 * taken late, as one. A run that is queued but not in Redis is handed out again.
 */
export function createScheduler({
  jobs,
  deps,
  runner,
  store,
  queues,
  redis,
  everyMs,
}: SchedulerOptions): Scheduler {
  const { logger } = deps;
  const scheduled = scheduledJobs(jobs, deps);
  let markStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    markStarted = resolve;
  });
  let isFirstLook = true;

  /** Runs that Redis does not take now are handed out at the next comparison. */
  const handOut = async (runs: readonly QueuedRun[]): Promise<void> => {
    if (runs.length > 0 && redis.isThere()) await queues.add(runs).catch(redis.report);
  };

  async function take(job: ScheduledJob, at: Date): Promise<void> {
    const inputs = job.due === undefined ? [{}] : await job.due(deps);
    await handOut(
      await store.tick(
        job.name,
        at,
        nextTick(job.cron, at),
        inputs.map((input) => runner.parse(job.name, input)),
      ),
    );
  }

  async function makeUp(): Promise<void> {
    const now = new Date();
    await store.begin(
      scheduled.map(({ name }) => name),
      now,
    );
    const until = await store.tickedUntil();
    for (const job of scheduled) {
      if (nextTick(job.cron, until.get(job.name) ?? now) > now) continue;
      await take(job, now).catch((error: unknown) => {
        logger.warn({ job: job.name, err: error }, 'a tick of the schedule could not be taken, trying again');
      });
    }
  }

  async function look(): Promise<void> {
    await makeUp();
    if (!(await redis.check())) return;
    await queues.ensure(scheduled, isFirstLook ? 'remove' : 'keep');
    isFirstLook = false;
    await queues.add(await store.queued());
    const now = new Date();
    await store.confirm(new Map(scheduled.map((job) => [job.name, nextTick(job.cron, now)])));
    markStarted();
  }

  const looking = repeatedly(look, everyMs, (error) => {
    if (redis.isThere()) logger.warn({ err: error }, 'the schedule could not be looked after, trying again');
    else redis.report(asError(error));
  });
  redis.onBack(looking.now);
  return {
    started,
    async tick(name, at) {
      const job = scheduled.find((one) => one.name === name);
      if (job === undefined) return;
      const until = (await store.tickedUntil()).get(name);
      // A tick that was taken late may come again.
      if (until !== undefined && until >= at) return;
      await store.begin([name], new Date(at.getTime() - 1));
      await take(job, at);
    },
    async queue(name, input) {
      await handOut(await store.enqueue(name, runner.parse(name, input)));
    },
    stop: looking.stop,
  };
}

/** Does work at once, at intervals, and when `now` is called; never twice at a time. */
function repeatedly(work: () => Promise<void>, everyMs: number, failed: (error: unknown) => void) {
  let underWay: Promise<void> | undefined;
  let isDue = false;
  let isStopped = false;
  const go = async (): Promise<void> => {
    while (isDue && !isStopped) {
      isDue = false;
      await work().catch(failed);
    }
    underWay = undefined;
  };
  const now = (): void => {
    isDue = true;
    underWay ??= isStopped ? undefined : go();
  };
  const timer = setInterval(now, everyMs).unref();
  now();
  return {
    now,
    stop: async (): Promise<void> => {
      isStopped = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
