// The runs that the schedule has given up on, and that no later run has completed.
import type { Db } from '../database/db.ts';
import type { DeadRun } from './run-store.ts';

/** The most dead inputs of one job that are listed. */
const MOST_DEAD = 50;

/** By job, the latest of each input, latest first. */
export async function readDeadRuns(db: Db): Promise<Map<string, DeadRun[]>> {
  const byJob = new Map<string, DeadRun[]>();
  for (const { job, ...run } of await deadRuns(db)) byJob.set(job, [...(byJob.get(job) ?? []), run]);
  return byJob;
}

/** One list over all jobs, those of a job with the latest first. */
export async function deadRuns(db: Db): Promise<(DeadRun & { job: string })[]> {
  return db<(DeadRun & { job: string })[]>`
    select job, run_id, input, error, at, attempts from (
      select *, row_number() over (partition by job order by at desc, run_id desc) as place from (
        select distinct on (job, input) job, id as run_id, input, coalesce(error, 'unknown') as error,
          finished_at as at, attempt as attempts
        from job_runs where dead order by job, input, finished_at desc, id desc) latest) placed
    where place <= ${MOST_DEAD} order by job, place`;
}
