// The queues of spec 14 in Redis, by which BullMQ hands out runs. PostgreSQL holds what is to be run, so the
// queues can be filled again.
import { Queue } from 'bullmq';
import { hasScheduler } from './bullmq-repairs/waiting-tick.ts';
import { queueNames, type Job } from './job.ts';
import type { RedisConnections } from './redis-connections.ts';
import type { ScheduledJob } from './scheduled-jobs.ts';
import type { QueuedRun } from './schedule-store.ts';
import type { Retries } from './worker-times.ts';

/** What an entry of a queue is: a tick of the schedule, or a run whose id in PostgreSQL is the entry's id. */
export type EntryName = 'tick' | 'run';

/** Writes to the queues. Each method fails soon while Redis is away, and may be repeated. */
export interface JobQueues {
  /**
   * Makes sure that each of these jobs has a scheduler with its next tick.
   * @param others whether schedulers of other jobs are removed
   */
  ensure(jobs: readonly ScheduledJob[], others: 'keep' | 'remove'): Promise<void>;
  /** Adds runs; one that is in its queue already stays as it is. */
  add(runs: readonly QueuedRun[]): Promise<void>;
  close(): Promise<void>;
}

/** The most runs that are added in one call. */
const BATCH = 500;
/** Ticks come first, since they only queue; then scheduled runs, then the many runs that those queue. */
const priorities = { scheduled: 1, queuedByOthers: 10 };
/** PostgreSQL keeps runs that have ended. In Redis their id has to be free for the next run. */
const forgotten = { removeOnComplete: true, removeOnFail: true };

export function createQueues(
  redis: RedisConnections,
  prefix: string,
  table: readonly Job[],
  { attempts, backoffMs }: Retries,
): JobQueues {
  const jobs = new Map(table.map((job) => [job.name, job]));
  const queues = queueNames.map((name) => {
    const queue = new Queue(name, {
      connection: redis.commands,
      prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    queue.on('error', redis.report);
    return queue;
  });
  const entry = ({ id, job, input, failed_attempts, not_before }: QueuedRun) => ({
    name: 'run' satisfies EntryName,
    data: { job, input },
    opts: {
      ...forgotten,
      jobId: id,
      attempts: Math.max(1, attempts - failed_attempts),
      backoff: { type: 'exponential', delay: backoffMs * 2 ** failed_attempts },
      priority: jobs.get(job)?.cron === null ? priorities.queuedByOthers : priorities.scheduled,
      delay: not_before === null ? 0 : Math.max(0, Date.parse(not_before) - Date.now()),
    },
  });
  return {
    async ensure(scheduled, others) {
      for (const queue of queues) {
        // One run at a time in each queue, over all workers.
        await queue.setGlobalConcurrency(1);
        const own = scheduled.filter((job) => job.queue === queue.name);
        for (const job of own) await ensureScheduler(queue, job, backoffMs);
        if (others === 'keep') continue;
        for (const { key } of await queue.getJobSchedulers()) {
          if (!own.some((job) => job.name === key)) await queue.removeJobScheduler(key);
        }
      }
    },
    async add(runs) {
      for (const queue of queues) {
        const own = runs.filter((run) => jobs.get(run.job)?.queue === queue.name);
        for (let start = 0; start < own.length; start += BATCH)
          await queue.addBulk(own.slice(start, start + BATCH).map(entry));
      }
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

async function ensureScheduler(queue: Queue, { name, cron }: ScheduledJob, backoffMs: number): Promise<void> {
  if (await hasScheduler(queue, name, cron)) return;
  await queue.upsertJobScheduler(
    name,
    { pattern: cron, tz: 'UTC' },
    {
      name: 'tick' satisfies EntryName,
      data: { job: name },
      opts: { ...forgotten, attempts: 5, backoff: { type: 'exponential', delay: backoffMs } },
    },
  );
}
