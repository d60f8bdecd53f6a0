// When jobs run by themselves: derived from the table of jobs, with nothing kept and nothing asked.
import { getNextMillis } from 'bullmq';
import type { Job } from './job.ts';
import type { ProcessDeps } from '../processes/process.ts';

/** A job that runs by itself. */
export type ScheduledJob = Job & { readonly cron: string };

/** These ask DigitalOcean for all that they do: without a token there is nothing to schedule. */
const asksDigitalOcean = (name: string): boolean => /^(sync|billing)\./.test(name);

/** The jobs that have a schedule and can keep it. */
export function scheduledJobs(
  jobs: readonly Job[],
  { digitalOcean }: Pick<ProcessDeps, 'digitalOcean'>,
): ScheduledJob[] {
  return jobs.filter(
    (job): job is ScheduledJob => job.cron !== null && (digitalOcean !== null || !asksDigitalOcean(job.name)),
  );
}

/** The first tick of a cron pattern (UTC) after a time. */
export function nextTick(cron: string, after: Date): Date {
  const next = getNextMillis(after.getTime(), { pattern: cron, tz: 'UTC' });
  if (next === undefined)
    throw new Error(`the cron pattern ${cron} has no tick after ${after.toISOString()}`);
  return new Date(next);
}
