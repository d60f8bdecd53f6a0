// The jobs that have a schedule, and their next ticks.
import { getNextMillis } from 'bullmq';
import type { Job } from './job.ts';
import type { ProcessDeps } from '../processes/process.ts';

/** A job with a schedule. */
export type ScheduledJob = Job & { readonly cron: string };

/** Jobs that only work with DigitalOcean: without a token they are not scheduled. */
const asksDigitalOcean = (name: string): boolean => /^(sync|billing)\./.test(name);

/** The jobs that have a schedule and whose client is configured. */
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
