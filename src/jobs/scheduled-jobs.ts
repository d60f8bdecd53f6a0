// The jobs that have a schedule, and their next ticks.
import { getNextMillis } from 'bullmq';
import type { Job } from './job.ts';
import type { ProcessDeps } from '../processes/process.ts';

/** A job with a schedule. */
export type ScheduledJob = Job & { readonly cron: string };

/** Jobs that only work with DigitalOcean: without a token they are not scheduled. */
const asksDigitalOcean = (name: string): boolean => /^(sync|billing)\./.test(name);

/** The jobs that have a schedule, whose client is configured and that may run by themselves. */
export function scheduledJobs(
  jobs: readonly Job[],
  { digitalOcean, autoCorrect = false }: Pick<ProcessDeps, 'digitalOcean' | 'autoCorrect'>,
): ScheduledJob[] {
  return jobs.filter(
    (job): job is ScheduledJob =>
      job.cron !== null &&
      (digitalOcean !== null || !asksDigitalOcean(job.name)) &&
      (autoCorrect || job.name !== 'invoices.correct'),
  );
}

/** The first tick of a cron pattern (UTC) after a time. */
export function nextTick(cron: string, after: Date): Date {
  const next = getNextMillis(after.getTime(), { pattern: cron, tz: 'UTC' });
  if (next === undefined)
    throw new Error(`the cron pattern ${cron} has no tick after ${after.toISOString()}`);
  return new Date(next);
}
