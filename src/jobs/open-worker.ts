import { connect, type ConnectTarget } from '../database/connection.ts';
import type { RedisTarget } from '../embedded/redis.ts';
import { createJobLocks } from './job-locks.ts';
import { startWorker, type JobWorker as Worker, type WorkerOptions } from './worker.ts';

/** Where the queues of a process's worker are. */
export interface OpenWorkerOptions extends Pick<WorkerOptions, 'times' | 'retries'> {
  redis: RedisTarget;
}

/** The worker of a service. */
export interface JobWorker extends Worker {
  /**
   * Lets go of the jobs whose runs were handed back: call it once nothing of this process can run any more.
   */
  leave(): Promise<void>;
}

/** A machine that is gone without a word keeps its locks no longer than about 20 seconds. */
const keepAlive = { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '2' };

/**
 * Starts the worker of a ledger, with connections of its own for the locks. Queues are a ledger's own, so
 * that several share one Redis.
 */
export function openWorker(
  options: OpenWorkerOptions | null,
  {
    target,
    ledgerId,
    ...rest
  }: Pick<WorkerOptions, 'jobs' | 'runner' | 'deps' | 'sql'> & { target: ConnectTarget; ledgerId: string },
): JobWorker | null {
  if (options === null) return null;
  const locks = createJobLocks(() =>
    connect(target, { max: 1, applicationName: 'arcadia-job-locks', settings: keepAlive }),
  );
  const worker = startWorker({
    ...options,
    ...rest,
    prefix: `arcadia:${ledgerId}`,
    locks,
    logger: rest.deps.logger,
  });
  return { ...worker, leave: () => locks.end() };
}
