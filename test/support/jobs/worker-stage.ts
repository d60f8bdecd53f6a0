// Workers on a real Redis and a real ledger, with jobs that a test controls.
import { z } from 'zod';
import { connect } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import type { Retries, WorkerTimes } from '../../../src/jobs/worker-times.ts';
import { silentLogger, type Logger } from '../../../src/runtime/logger.ts';
import { defineJob, type Job } from '../../../src/jobs/job.ts';
import { type ProcessDeps } from '../../../src/processes/process.ts';
import { createJobRunner, type JobRunner } from '../../../src/jobs/job-runner.ts';
import { createJobLocks } from '../../../src/jobs/job-locks.ts';
import { startWorker, type JobWorker } from '../../../src/jobs/worker.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import type { TestRedis } from '../embedded/test-redis.ts';

/** An interval so long that no tick happens by itself while a test runs. */
export const yearly = '0 0 1 1 *';

/** Short times, so that tests are fast. */
export const quick = { lookMs: 200, lockMs: 1_000, stalledMs: 300, heldBackMs: 50, busyMs: 50 };

/** A job with defaults for what a test doesn't care about. */
export function testJob(job: Partial<Job> & Pick<Job, 'name' | 'run'>): Job {
  return defineJob({ queue: 'metering', cron: null, summary: '', input: z.looseObject({}), ...job });
}

/** A worker as its own process would have it: with a runner and locks of its own. */
export interface StagedWorker extends JobWorker {
  runner: JobRunner;
  /** Frees the locks of what was handed back, as the end of the process does. */
  end(): Promise<void>;
}

/** A ledger's workers. */
export function stageWorkers(test: TestLedger, redis: Pick<TestRedis, 'target'>) {
  const ends: (() => Promise<void>)[] = [];
  return {
    start(
      jobs: readonly Job[],
      options: {
        times?: Partial<WorkerTimes>;
        retries?: Partial<Retries>;
        prefix?: string;
        logger?: Logger;
        digitalOcean?: ProcessDeps['digitalOcean'];
        spaces?: ProcessDeps['spaces'];
        mail?: ProcessDeps['mail'];
        financeAr?: boolean;
      } = {},
    ): StagedWorker {
      const logger: Logger = options.logger ?? silentLogger;
      const deps: ProcessDeps = {
        ...test.processDeps,
        digitalOcean: options.digitalOcean ?? null,
        spaces: options.spaces ?? null,
        mail: options.mail ?? null,
        financeAr: options.financeAr ?? false,
        finance: null,
        autoCorrect: true,
        tax: { name: 'GST', rate: '0.10' },
        logger,
      };
      const runner = createJobRunner(jobs, deps, test.sql);
      const sessions: Sql[] = [];
      const locks = createJobLocks(() => {
        const session = connect(test.target, { max: 1, applicationName: 'arcadia-job-locks' });
        sessions.push(session);
        return session;
      });
      const worker = startWorker({
        settings: {
          redis: redis.target,
          times: { ...quick, ...options.times },
          retries: { attempts: 3, backoffMs: 20, ...options.retries },
        },
        prefix: options.prefix ?? `arcadia:${test.log.id}`,
        jobs,
        runner,
        deps,
        sql: test.sql,
        locks,
      });
      const end = async (): Promise<void> => {
        await worker.close(0);
        await Promise.all(sessions.map((session) => session.end()));
      };
      ends.push(end);
      return { ...worker, runner, end };
    },
    async close(): Promise<void> {
      await Promise.all(ends.map((end) => end()));
    },
  };
}
