import type { Logger } from '../runtime/logger.ts';
import { TooLate, withTimeLimit } from '../runtime/time-limit.ts';
import type { JobRunner } from './job-runner.ts';

/** Waits for the runs that were started, at most `ms` (default: as long as they take); then cuts them off. */
export async function drainRuns(
  runner: Pick<JobRunner, 'drain'>,
  ms: number | undefined,
  logger: Logger,
): Promise<void> {
  if (ms === undefined) return runner.drain();
  await withTimeLimit(runner.drain(), ms).catch((error: unknown) => {
    if (!(error instanceof TooLate)) throw error;
    logger.warn({ after_ms: ms }, 'a job run was cut off by the shutdown');
  });
}
