import { withCorrelation } from '../runtime/correlation.ts';
import type { Job } from './job.ts';

/** A job whose runs work under the run's id: log lines carry it, and calls to other services pass it on. */
export function correlated(job: Job): Job {
  return { ...job, run: (input, deps, run) => withCorrelation(run.runId, () => job.run(input, deps, run)) };
}
